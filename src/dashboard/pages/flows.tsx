import { FLOW_STATUSES } from "../../flows/flow.ts";
import { PATTERN_NAMES } from "../../flows/patterns.ts";
import { Pager } from "../components/pager.tsx";
import { queryLink } from "../components/query-link.ts";
import { StatusFilter } from "../components/status-filter.tsx";
import type { Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { FlowList } from "./flow-list.tsx";

/** The flows, newest first. */
export const flowsPage: Page = { path: "/flows", title: "Flows", nav: "Flows", show };

async function show({ client, url, now }: Visit) {
  const status = FLOW_STATUSES.find((each) => each === url.searchParams.get("status"));
  const pattern = PATTERN_NAMES.find((each) => each === url.searchParams.get("pattern"));
  const cursor = url.searchParams.get("cursor") ?? undefined;
  const { data, nextCursor } = await client.flows.page({ ...(status && { status }), ...(pattern && { pattern }) }, { cursor });
  const narrowed = status !== undefined || pattern !== undefined || cursor !== undefined;
  return (
    <>
      <div class="actions">
        <StatusFilter path="/flows" statuses={FLOW_STATUSES} query={{ status, pattern }} />
        <PatternFilter status={status} pattern={pattern} />
      </div>
      <section class="panel" id="rows" data-live={cursor === undefined || undefined}>
        <FlowList rows={data} narrowed={narrowed} origin={url.origin} now={now} />
        <Pager
          first={cursor === undefined ? null : queryLink("/flows", { status, pattern })}
          next={nextCursor === null ? null : queryLink("/flows", { status, pattern, cursor: nextCursor })}
        />
      </section>
    </>
  );
}

function PatternFilter({ status, pattern }: { status: string | undefined; pattern: string | undefined }) {
  return (
    <nav class="tabs" aria-label="Pattern">
      {[undefined, ...PATTERN_NAMES].map((each) => (
        <a href={queryLink("/flows", { status, pattern: each })} aria-current={each === pattern ? "page" : undefined}>
          {each ?? "all patterns"}
        </a>
      ))}
    </nav>
  );
}
