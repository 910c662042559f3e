import { statusText } from "../words.ts";

/** What a status looks like: its class in the stylesheet, and a sign for those who do not see colours. */
const LOOKS: { readonly [status: string]: { tone: string; sign: string } } = {
  completed: { tone: "good", sign: "✓" },
  closed: { tone: "good", sign: "✓" },
  configured: { tone: "good", sign: "✓" },
  failed: { tone: "bad", sign: "✕" },
  interrupted: { tone: "bad", sign: "✕" },
  open: { tone: "bad", sign: "✕" },
  "in-progress": { tone: "busy", sign: "●" },
  running: { tone: "busy", sign: "●" },
  "needs-approval": { tone: "ask", sign: "!" },
  half_open: { tone: "ask", sign: "!" },
  pending: { tone: "calm", sign: "○" },
  cancelled: { tone: "calm", sign: "–" },
};
const UNKNOWN = { tone: "calm", sign: "○" };

/** The class of a status: one of `good`, `bad`, `busy`, `ask` and `calm`. */
export const toneOf = (status: string): string => lookOf(status).tone;

/** A sign of a status that does without colours. */
export const signOf = (status: string): string => lookOf(status).sign;

const lookOf = (status: string) => (Object.hasOwn(LOOKS, status) ? LOOKS[status] : undefined) ?? UNKNOWN;

/** A status in its own words, coloured. */
export function StatusBadge({ status }: { status: string }) {
  return (
    <span class={`badge ${toneOf(status)}`} data-status={status}>
      <span aria-hidden="true">{signOf(status)}</span> {statusText(status)}
    </span>
  );
}
