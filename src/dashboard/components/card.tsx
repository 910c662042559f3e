import type { Child } from "hono/jsx";

/** One figure: what it is, how much it is, and what is to be said of it. */
export function Card({ label, note, children }: { label: string; note?: Child; children: Child }) {
  return (
    <li class="card">
      <span class="card-label">{label}</span>
      <span class="card-value">{children}</span>
      {note !== undefined && <span class="card-note">{note}</span>}
    </li>
  );
}
