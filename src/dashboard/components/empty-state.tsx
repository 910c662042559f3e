import type { Child } from "hono/jsx";

/** What stands where there is nothing yet: why, and what to do next, with a command to copy. */
export function EmptyState({ title, command, children }: { title: string; command?: string; children?: Child }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
      {command !== undefined && (
        <pre class="code" tabindex={0}>
          <code>{command}</code>
        </pre>
      )}
    </div>
  );
}
