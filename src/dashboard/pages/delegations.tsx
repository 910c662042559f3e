import { STATUSES } from "../../delegations/delegation.ts";
import { curlLine } from "../components/curl-line.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { Pager } from "../components/pager.tsx";
import { type Query, queryLink } from "../components/query-link.ts";
import { SelectField, wordOptions } from "../components/select-field.tsx";
import { TextField } from "../components/text-field.tsx";
import type { Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { PROVIDER_WORDS } from "../words.ts";
import { filterOf, filterQuery } from "./delegation-filter.ts";
import { DelegationRows } from "./delegation-list.tsx";

const PATH = "/delegations";
const SORTS = [
  { value: "", text: "newest first" },
  { value: "created_at", text: "oldest first" },
  { value: "-cost", text: "dearest first" },
  { value: "cost", text: "cheapest first" },
  { value: "-completed_at", text: "last ended first" },
];

/** The history: everything that was delegated, searched and filtered by the address. */
export const delegationsPage: Page = {
  path: PATH,
  title: "Delegations",
  nav: "Delegations",
  show: async (visit) => {
    const query = filterQuery(visit.url.searchParams);
    const cursor = visit.url.searchParams.get("cursor") ?? undefined;
    const { data, nextCursor } = await visit.client.taskDelegations.page(filterOf(query), { cursor });
    return (
      <>
        <Filters query={query} />
        <section class="panel" id="rows" data-live aria-label="Delegations">
          {data.length > 0 ? (
            <DelegationRows rows={data} now={visit.now} />
          ) : (
            <NoRows visit={visit} isNarrowed={Object.keys(query).length > 0 || cursor !== undefined} />
          )}
          <Pager
            first={cursor === undefined ? null : queryLink(PATH, query)}
            next={nextCursor === null ? null : queryLink(PATH, { ...query, cursor: nextCursor })}
          />
        </section>
      </>
    );
  },
};

function Filters({ query }: { query: Query }) {
  const text = (label: string, name: string, type?: "date") => (
    <TextField label={label} name={name} value={query[name] ?? ""} {...(type !== undefined && { type })} />
  );
  return (
    <search>
      <form method="get" action={PATH} class="panel">
        <TextField label="Words in prompt or answer" name="q" type="search" value={query.q ?? ""} />
        <div class="filters">
          <SelectField label="Status" name="status" value={query.status ?? ""} options={wordOptions("any", STATUSES)} />
          <SelectField
            label="Provider"
            name="provider"
            value={query.provider ?? ""}
            options={wordOptions("any", PROVIDER_WORDS)}
          />
          {text("Model", "model")}
          {text("Agent", "agent")}
          {text("From, UTC", "created_after", "date")}
          {text("Before, UTC", "created_before", "date")}
          <SelectField label="Order" name="sort" value={query.sort ?? ""} options={SORTS} />
        </div>
        <Kept query={query} />
        <div class="actions">
          <button type="submit" class="primary">
            Search
          </button>
          {Object.keys(query).length > 0 && <a href={PATH}>All delegations</a>}
        </div>
      </form>
    </search>
  );
}

/** Filters that only addresses set, and that a search keeps. */
const Kept = ({ query }: { query: Query }) => (
  <>
    {["task_type", "source", "batch_id", "flow_id", "parent_task_id"].map(
      (name) => query[name] !== undefined && <input type="hidden" name={name} value={query[name]} />,
    )}
  </>
);

function NoRows({ visit, isNarrowed }: { visit: Visit; isNarrowed: boolean }) {
  if (isNarrowed) return <EmptyState title="No delegation fits these filters." />;
  const body = { prompt: "Say hello", agent: "writer" };
  return (
    <EmptyState title="Nothing was delegated yet" command={curlLine(visit.url.origin, "/v1/delegations", body)}>
      <p>
        {visit.may("delegate") && (
          <>
            <a href="/delegate">Delegate from here</a>, or paste this with a key of yours:
          </>
        )}
      </p>
    </EmptyState>
  );
}
