import { Pager } from "../components/pager.tsx";
import { queryLink } from "../components/query-link.ts";
import { StatusFilter } from "../components/status-filter.tsx";
import type { Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { BatchList } from "./batch-list.tsx";

const STATUSES = ["in-progress", "completed", "cancelled"] as const;

/** The batches, newest first. */
export const batchesPage: Page = { path: "/batches", title: "Batches", nav: "Batches", show };

async function show({ client, url, now }: Visit) {
  const status = STATUSES.find((each) => each === url.searchParams.get("status"));
  const cursor = url.searchParams.get("cursor") ?? undefined;
  const { data, nextCursor } = await client.batches.page(status && { status }, { cursor });
  return (
    <>
      <StatusFilter path="/batches" statuses={STATUSES} query={{ status }} />
      <section class="panel" id="rows" data-live={cursor === undefined || undefined}>
        <BatchList rows={data} narrowed={status !== undefined || cursor !== undefined} origin={url.origin} now={now} />
        <Pager
          first={cursor === undefined ? null : queryLink("/batches", { status })}
          next={nextCursor === null ? null : queryLink("/batches", { status, cursor: nextCursor })}
        />
      </section>
    </>
  );
}
