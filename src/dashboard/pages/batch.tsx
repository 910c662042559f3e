import type { BatchRecord } from "../../client/index.ts";
import { STATUSES } from "../../delegations/delegation.ts";
import { Pager } from "../components/pager.tsx";
import { idLink, queryLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { StatusFilter } from "../components/status-filter.tsx";
import { Form } from "../form.tsx";
import type { Action, Page } from "../page.ts";
import { refusal } from "../problem-page.tsx";
import type { Visit } from "../visit.ts";
import { BatchSummary, BatchTasks, TASKS_SHOWN, tasksOf } from "./batch-view.tsx";

const cancel: Action = async ({ client, param }) => {
  const { batchId } = await client.batches.cancel(param("batch_id"));
  return { see: idLink("/batches", batchId) };
};

/** One batch: how far it is, what it cost, and what its tasks answered. */
export const batchPage: Page = {
  path: "/batches/:batch_id",
  title: (visit) => visit.param("batch_id"),
  show,
  actions: { "/batches/:batch_id/cancel": cancel },
};

async function show(visit: Visit) {
  const batch = await visit.client.batches.get(visit.param("batch_id"));
  if (batch === null) throw refusal("not_found", "There is no batch of this id, or no more.");
  const isLive = batch.completedAt === null;
  const path = idLink("/batches", batch.batchId);
  return (
    <>
      <p class="crumbs">
        <a href="/batches">Batches</a>
      </p>
      <div class="stack" id="summary" data-live={isLive || undefined} data-events={isLive ? `${path}/events` : undefined}>
        <Deeds visit={visit} batch={batch} />
        <BatchSummary batch={batch} now={visit.now} />
      </div>
      <Tasks visit={visit} batch={batch} />
    </>
  );
}

function Deeds({ visit, batch: { batchId, status, completedAt } }: { visit: Visit; batch: BatchRecord }) {
  return (
    <div class="actions">
      <StatusBadge status={status} />
      <a class="button" href={queryLink("/delegations", { batch_id: batchId })}>
        All delegations
      </a>
      {completedAt === null && visit.may("delegate") && (
        <Form visit={visit} action={`${idLink("/batches", batchId)}/cancel`}>
          <button type="submit" class="danger">
            Cancel the batch
          </button>
        </Form>
      )}
    </div>
  );
}

function Tasks({ visit: { url }, batch }: { visit: Visit; batch: BatchRecord }) {
  const path = idLink("/batches", batch.batchId);
  const status = STATUSES.find((each) => each === url.searchParams.get("status"));
  const from = Math.max(0, Math.trunc(Number(url.searchParams.get("from") ?? 0))) || 0;
  const { tasks, more } = tasksOf(batch, status, from);
  return (
    <section class="panel">
      <h2>Results</h2>
      <StatusFilter path={path} statuses={STATUSES} query={{ status }} />
      <div class="stack" id="tasks" data-live={batch.completedAt === null || undefined}>
        <BatchTasks tasks={tasks} />
        <Pager
          first={from === 0 ? null : queryLink(path, { status })}
          next={more ? queryLink(path, { status, from: String(from + TASKS_SHOWN) }) : null}
        />
      </div>
    </section>
  );
}
