import { env } from "cloudflare:workers";
import { monotonicFactory } from "ulid";
import { describe, expect, test } from "vitest";
import { type AuditAction, auditRow, auditStatement, listAudit, recordAudit } from "../../../src/db/audit.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { makeWorkspace } from "../../support/team.ts";

const database = createDatabase(env.DB);
const BY = { actor: "ann", key_id: "key_1", request_id: "r-1" };
const page = { limit: 100, after: undefined };
const newWorkspace = () => `audit-${crypto.randomUUID()}`;
const deed = (workspace: string, subject: string, action: AuditAction = "agent.saved") => ({ workspace, action, subject });

/** Puts deeds on record at times of a test's own. */
function recorder() {
  const nextId = monotonicFactory();
  return (of: Parameters<typeof auditRow>[0], at: number, actor = BY.actor) =>
    auditStatement(database, auditRow(of, { ...BY, actor }, at, nextId)).run();
}

describe("the audit", () => {
  test("is newest first by its ids, also within a millisecond and when the clock goes back", async () => {
    const workspace = newWorkspace();
    const times = [1_000, 2_000, 2_000, 2_000, 1_500, 3_000];
    const record = recorder();
    for (const [index, at] of times.entries()) await record(deed(workspace, `s${index}`), at);
    const rows = await listAudit(database, workspace, {}, page);
    expect(rows.map(({ subject }) => subject)).toEqual(["s5", "s4", "s3", "s2", "s1", "s0"]);
    expect(rows.map(({ at }) => at)).toEqual([3_000, 2_000, 2_000, 2_000, 2_000, 1_000].toSorted((a, b) => b - a));
  });

  test("a row stays as it is: it is neither changed nor deleted, and written again it is one", async () => {
    const workspace = newWorkspace();
    const row = auditRow({ ...deed(workspace, "s"), detail: { count: 7 } }, BY, 1_000);
    await auditStatement(database, row).run();
    await auditStatement(database, row).run();
    for (const change of ["update audit set actor = 'eve'", "delete from audit"])
      await expect(env.DB.prepare(`${change} where workspace = ?`).bind(workspace).run()).rejects.toThrow("append-only");
    expect(await listAudit(database, workspace, {}, page)).toEqual([row]);
  });

  test("is narrowed by action, actor, subject and span, the end of a span not included", async () => {
    const workspace = newWorkspace();
    const record = recorder();
    await record(deed(workspace, "a"), 10_000);
    await record(deed(workspace, "b", "agent.deleted"), 20_000);
    await record(deed(workspace, "a"), 30_000, "bob");
    const found = async (filters: Parameters<typeof listAudit>[2]) =>
      (await listAudit(database, workspace, filters, page)).map(({ at }) => at / 10_000);
    expect(await found({ action: "agent.saved" })).toEqual([3, 1]);
    expect(await found({ actor: "ann" })).toEqual([2, 1]);
    expect(await found({ subject: "a", actor: "bob" })).toEqual([3]);
    expect(await found({ created_after: 20_000 })).toEqual([3, 2]);
    expect(await found({ created_before: 20_000 })).toEqual([1]);
    expect(await found({ created_after: 10_001, created_before: 30_000 })).toEqual([2]);
  });

  test("a page is read by the primary key, without a look at other workspaces", async () => {
    const plan = await env.DB.prepare(
      "explain query plan select * from audit where workspace = 'w' and id < 'x' order by id desc limit 5",
    ).all<{ detail: string }>();
    expect(plan.results.map(({ detail }) => detail).join()).toMatch(
      /^SEARCH audit USING PRIMARY KEY \(workspace=\? AND id<\?\)$/,
    );
  });
});

describe("GET /v1/audit", () => {
  test("goes page by page; a cursor goes with its own filters and workspace only", async () => {
    const { workspace, key } = await makeWorkspace();
    const other = await makeWorkspace();
    for (const subject of ["x", "y", "z"]) await recordAudit(database, deed(workspace, subject), BY);
    type Page = { data: { subject: string }[]; next_cursor: string };
    const first = (await call<Page>("GET", "/v1/audit?limit=2", { key: key.key })).body;
    const rest = (await call<Page>("GET", `/v1/audit?limit=9&cursor=${first.next_cursor}`, { key: key.key })).body;
    expect(first.data.map(({ subject }) => subject)).toEqual(["z", "y"]);
    expect(rest.data.map(({ subject }) => subject)).toEqual(["x", key.id, workspace]);
    const cursor = `cursor=${first.next_cursor}`;
    const wrong = [
      await call<ProblemBody>("GET", `/v1/audit?actor=ann&${cursor}`, { key: key.key }),
      await call<ProblemBody>("GET", `/v1/audit?${cursor}`, { key: other.key.key }),
    ];
    for (const { status, body } of wrong) expect([status, body.errors?.[0]?.path]).toEqual([400, "cursor"]);
  });

  test("an unknown action is refused with those there are", async () => {
    const { status, body } = await call<ProblemBody>("GET", "/v1/audit?action=key.stolen");
    expect([status, body.errors?.[0]?.path]).toEqual([400, "action"]);
    expect(body.detail).toContain("key.created");
  });
});
