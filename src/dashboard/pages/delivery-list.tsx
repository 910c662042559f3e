import type { DeliveryRecord } from "../../client/webhooks.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { idLink } from "../components/query-link.ts";
import { Time } from "../components/time.tsx";
import { Form } from "../form.tsx";
import type { Visit } from "../visit.ts";

type Attempt = DeliveryRecord["attempts"][number];

/** What was and is to be sent to an endpoint, and what it answered. */
export function DeliveryList({
  deliveries,
  webhookId,
  visit,
}: {
  deliveries: readonly DeliveryRecord[];
  webhookId: string;
  visit: Visit;
}) {
  if (deliveries.length === 0)
    return <EmptyState title="Nothing was sent yet">{<p>A test event shows at once whether the address answers.</p>}</EmptyState>;
  return (
    <DataTable
      caption="Deliveries"
      columns={columnsFor(webhookId, visit)}
      rows={deliveries}
      idOf={({ id }) => `delivery-${id}`}
    />
  );
}

const columnsFor = (webhookId: string, visit: Visit): Column<DeliveryRecord>[] => [
  {
    head: "Event",
    cell: ({ type, id }) => (
      <>
        {type}
        <br />
        <span class="muted id">{id}</span>
      </>
    ),
  },
  { head: "State", cell: ({ status }) => status },
  { head: "When", cell: ({ createdAt }) => <Time at={createdAt} now={visit.now} /> },
  { head: "Next attempt", cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} /> },
  { head: "Attempts", cell: (delivery) => <Attempts delivery={delivery} /> },
  {
    head: "Again",
    cell: ({ id }) => (
      <Form visit={visit} action={`${idLink("/webhooks", webhookId)}/deliveries/${encodeURIComponent(id)}`}>
        <button type="submit">Send again</button>
      </Form>
    ),
  },
];

/** What came of one attempt, in a line. */
export const attemptText = ({ status, error, ms }: Attempt): string =>
  `${status === null ? (error ?? "no answer") : `HTTP ${status}`} after ${ms} ms`;

function Attempts({ delivery: { attempts, payload } }: { delivery: DeliveryRecord }) {
  return (
    <details>
      <summary>
        {attempts.length === 0 ? "none yet" : attemptText(attempts.at(-1) as Attempt)}
        {attempts.length > 1 && ` (${attempts.length})`}
      </summary>
      <p class="muted">What is sent:</p>
      <pre class="output" tabindex={0}>
        {payload}
      </pre>
      {attempts.map((attempt) => (
        <div class="stack">
          <p>
            <Time at={attempt.at} />: {attemptText(attempt)}
          </p>
          {attempt.responseExcerpt !== null && (
            <pre class="output" tabindex={0}>
              {attempt.responseExcerpt}
            </pre>
          )}
        </div>
      ))}
    </details>
  );
}
