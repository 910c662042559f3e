import type { Child } from "hono/jsx";

/** The end of a form: the button that sends it, and what there is to know before. */
export function Submit({ label, children }: { label: string; children?: Child }) {
  return (
    <div class="actions">
      <button type="submit" class="primary">
        {label}
      </button>
      {children && <span class="muted">{children}</span>}
    </div>
  );
}
