import type { DelegationEvent } from "../../delegations/events.ts";
import { exactDollars } from "../../lib/dollar-text.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Time } from "../components/time.tsx";
import { countText } from "../components/tokens.tsx";

const MOST = 200;

/** What happened to a delegation, the pieces of its texts left out; of a long log the last. */
export function EventList({ events }: { events: readonly DelegationEvent[] }) {
  const told = events.filter(({ type }) => type !== "item.updated");
  const shown = told.slice(-MOST);
  return (
    <>
      {told.length > shown.length && <p class="muted">The last {MOST} events; the API has all.</p>}
      <DataTable caption="Events" columns={COLUMNS} rows={shown} />
    </>
  );
}

const COLUMNS: Column<DelegationEvent>[] = [
  { head: "Event", cell: ({ seq, type }) => `${seq} ${type}` },
  { head: "At", cell: ({ at }) => <Time at={at} /> },
  { head: "What", cell: (event) => whatOf(event) },
];

/** An event in a few words. */
export function whatOf(event: DelegationEvent): string {
  switch (event.type) {
    case "turn.started":
      return `attempt ${event.number}: ${event.provider} / ${event.model}${event.repair === true ? ", a repair" : ""}`;
    case "turn.completed":
      return `attempt ${event.number}: ${countText(event.usage.output_tokens)} tokens out, ${exactDollars(event.cost_nanos)}`;
    case "turn.failed":
      return `attempt ${event.number}: ${event.error.code}: ${event.error.message}`;
    case "turn.warning":
      return `${event.warning.code}: ${event.warning.message}`;
    case "approval.resolved":
      return event.by === null ? event.decision : `${event.decision} by ${event.by}`;
    case "item.started":
      return event.item.type;
    case "item.completed":
      return `${event.item.type}, ${countText(event.item.text?.length ?? 0)} characters`;
    case "thread.completed":
      return event.error === null ? event.status : `${event.status}: ${event.error.code}`;
    default:
      return "";
  }
}
