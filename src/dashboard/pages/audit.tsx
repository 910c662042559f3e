import type { AuditRecord } from "../../client/index.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Pager } from "../components/pager.tsx";
import { idLink, type Query, queryLink } from "../components/query-link.ts";
import { SelectField, wordOptions } from "../components/select-field.tsx";
import { TextField } from "../components/text-field.tsx";
import { Time } from "../components/time.tsx";
import type { Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { AUDIT_ACTIONS, auditWords, detailText } from "./audit-words.ts";

/** Who did what, newest first. */
export const auditPage: Page = { path: "/audit", title: "Audit", nav: "Audit", show };

async function show({ client, url }: Visit) {
  const asked = (name: string) => url.searchParams.get(name)?.trim() || undefined;
  const query: Query = { action: asked("action"), actor: asked("actor"), subject: asked("subject") };
  const cursor = asked("cursor");
  // What the address says is passed on as it is: a deed there is none of is the API's to refuse.
  const { data, nextCursor } = await client.auditPage(query as Parameters<typeof client.auditPage>[0], { cursor });
  const isNarrowed = cursor !== undefined || Object.values(query).some((value) => value !== undefined);
  return (
    <>
      <Filters query={query} />
      <section class="panel" id="rows" data-live={cursor === undefined || undefined}>
        {data.length === 0 ? (
          <EmptyState title={isNarrowed ? "Nothing on record fits this filter." : "Nothing is on record yet"}>
            {!isNarrowed && <p>Keys, agents, budgets, webhooks, approvals and deletions go on record here, for good.</p>}
          </EmptyState>
        ) : (
          <DataTable caption="Audit" columns={COLUMNS} rows={data} idOf={({ id }) => `audit-${id}`} />
        )}
        <Pager
          first={cursor === undefined ? null : queryLink("/audit", query)}
          next={nextCursor === null ? null : queryLink("/audit", { ...query, cursor: nextCursor })}
        />
      </section>
    </>
  );
}

function Filters({ query }: { query: Query }) {
  return (
    <form method="get" action="/audit" class="filters">
      <SelectField label="Deed" name="action" value={query.action ?? ""} options={wordOptions("all", AUDIT_ACTIONS)} />
      <TextField label="Key that did it" name="actor" value={query.actor ?? ""} />
      <TextField label="Id or name it was done to" name="subject" value={query.subject ?? ""} />
      <button type="submit">Filter</button>
    </form>
  );
}

const COLUMNS: Column<AuditRecord>[] = [
  { head: "When", cell: ({ at }) => <Time at={at} /> },
  { head: "Who", cell: ({ actor }) => actor },
  { head: "Did", cell: ({ action }) => auditWords(action) },
  {
    head: "What to",
    cell: ({ action, subject }) =>
      /^delegation\.(approved|rejected)$/.test(action) ? <a href={idLink("/delegations", subject)}>{subject}</a> : subject,
  },
  { head: "Besides", cell: ({ detail }) => <span class="muted">{detailText(detail)}</span> },
  { head: "Request", cell: ({ requestId }) => <span class="id muted">{requestId ?? "–"}</span> },
];
