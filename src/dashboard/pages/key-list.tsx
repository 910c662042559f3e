import type { KeyRecord } from "../../client/index.ts";
import { Confirm } from "../components/confirm.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { idLink } from "../components/query-link.ts";
import { Time } from "../components/time.tsx";
import { Form } from "../form.tsx";
import type { Visit } from "../visit.ts";

/** Whether a key works at `now` (ms), in a word. */
export function keyState(
  { revokedAt, expiresAt, rotatedTo }: KeyRecord,
  now: number,
): "active" | "replaced" | "revoked" | "expired" {
  if (revokedAt !== null && Date.parse(revokedAt) <= now) return "revoked";
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return "expired";
  return rotatedTo === null ? "active" : "replaced";
}

/** The keys of the workspace, and what can be done with each. */
export function KeyList({ keys, visit }: { keys: readonly KeyRecord[]; visit: Visit }) {
  if (keys.length === 0)
    return (
      <EmptyState title="No keys yet">
        <p>Give every orchestrator, CI job and person a key of their own: costs and the audit tell them apart by it.</p>
      </EmptyState>
    );
  return <DataTable caption="Keys" columns={columnsFor(visit)} rows={keys} idOf={({ id }) => `key-${id}`} />;
}

const columnsFor = (visit: Visit): Column<KeyRecord>[] => [
  {
    head: "Name",
    cell: ({ name, id, hint }) => (
      <>
        {name}
        <br />
        <span class="muted id">
          {id} · {hint}
        </span>
      </>
    ),
  },
  { head: "State", cell: (key) => keyState(key, visit.now) },
  { head: "Scopes", cell: ({ scopes }) => scopes.join(", ") || "none" },
  { head: "Agent", cell: ({ defaultAgent }) => defaultAgent ?? "default" },
  { head: "Expires", cell: ({ expiresAt }) => (expiresAt === null ? "never" : <Time at={expiresAt} now={visit.now} />) },
  {
    head: "Made",
    cell: ({ createdAt, createdBy }) => (
      <span>
        <Time at={createdAt} now={visit.now} /> by {createdBy}
      </span>
    ),
  },
  { head: "Change", cell: (key) => <KeyActions keyRecord={key} visit={visit} /> },
];

function KeyActions({ keyRecord, visit }: { keyRecord: KeyRecord; visit: Visit }) {
  const state = keyState(keyRecord, visit.now);
  const path = idLink("/keys", keyRecord.id);
  if (state === "revoked" || state === "expired") return "–";
  return (
    <div class="actions">
      {state === "active" && (
        <Form visit={visit} action={`${path}/rotate`} class="inline">
          <button type="submit">Rotate</button>
        </Form>
      )}
      <Confirm visit={visit} action={`${path}/revoke`} label="Revoke">
        {keyRecord.id === visit.caller.keyId ? "This is the key you are signed in with: you will be signed out. " : ""}
        Within ten seconds it works nowhere any more, for good.
      </Confirm>
    </div>
  );
}
