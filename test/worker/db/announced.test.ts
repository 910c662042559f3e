import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type Announcement, announced } from "../../../src/db/announced.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { delegationStatements, saveDelegation } from "../../../src/db/save-delegation.ts";
import { delegationEvent } from "../../../src/webhooks/webhook-event.ts";
import { plansOf } from "./query-plans.ts";
import { attemptRow, delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
let made = 0;
const freshWorkspace = () => `announced-${made++}`;

async function endpoint(workspace: string, endpoint_id: string, events: string[], disabled_at: number | null = null) {
  await env.DB.prepare(
    `insert into webhook_endpoints (workspace, endpoint_id, url, events, secret, created_at, created_by, disabled_at)
     values (?, ?, 'https://' || ? || '.example.com', ?, 's', 1, 'x', ?)`,
  )
    .bind(workspace, endpoint_id, endpoint_id, JSON.stringify(events), disabled_at)
    .run();
}

const deliveries = async (workspace: string) =>
  (
    await env.DB.prepare("select * from webhook_deliveries where workspace = ? order by delivery_id")
      .bind(workspace)
      .all<{ [name: string]: unknown }>()
  ).results;

async function save(row: ReturnType<typeof delegationRow>, url: string | null = null) {
  const event = await delegationEvent(row, url);
  if (event === undefined) return saveDelegation(db, row, [attemptRow()]);
  return announced(db, event, delegationStatements(db, row, [attemptRow()]), 7_000);
}

const ended = (workspace: string, changes: object = {}) =>
  delegationRow({ workspace, task_id: "t", version: 3, status: "completed", completed_at: 5_000, ...changes });

describe("announced", () => {
  test("makes a delivery for each enabled endpoint of the workspace that wants the event, and for the address that is named", async () => {
    const workspace = freshWorkspace();
    await endpoint(workspace, "wants", ["delegation.completed", "batch.completed"]);
    await endpoint(workspace, "all", ["*"]);
    await endpoint(workspace, "other", ["delegation.failed"]);
    await endpoint(workspace, "disabled", ["*"], 1);
    await endpoint(`${workspace}-neighbour`, "foreign", ["*"]);
    await save(ended(workspace), "https://named.example.com");
    const rows = await deliveries(workspace);
    expect(rows.map(({ endpoint_id, url }) => [endpoint_id, url])).toEqual([
      ["all", "https://all.example.com"],
      [null, "https://named.example.com"],
      ["wants", "https://wants.example.com"],
    ]);
    expect(rows[0]).toMatchObject({ status: "pending", created_at: 7_000, next_attempt_at: 7_000, attempts: 0, log: "[]" });
    expect(rows.map(({ delivery_id }) => String(delivery_id).replace("dlv_", ""))).toEqual(
      rows.map(({ message_id }) => String(message_id).replace("msg_", "")),
    );
  });

  test("tells of an end once, however often the row is written, and never those who came later", async () => {
    const workspace = freshWorkspace();
    await endpoint(workspace, "early", ["*"]);
    const first = await save(ended(workspace));
    expect(first).toHaveLength(1);
    await endpoint(workspace, "late", ["*"]);
    await env.DB.prepare("delete from webhook_deliveries where workspace = ?").bind(workspace).run();
    expect(await save(ended(workspace))).toEqual([]);
    expect(await save(ended(workspace, { version: 4, score: 1 }))).toEqual([]);
    expect(await deliveries(workspace)).toEqual([]);
  });

  test("the row and its deliveries are written both or not at all", async () => {
    const workspace = freshWorkspace();
    await endpoint(workspace, "all", ["*"]);
    const row = ended(workspace);
    const event = (await delegationEvent(row, null)) as Announcement;
    const broken = env.DB.prepare("insert into delegations (workspace) values (1)");
    await expect(announced(db, event, [...delegationStatements(db, row, []), broken])).rejects.toThrow();
    expect(await deliveries(workspace)).toEqual([]);
    expect(await env.DB.prepare("select 1 from delegations where workspace = ?").bind(workspace).first()).toBeNull();
  });

  test("approval that is needed, and the end after it, are two events", async () => {
    const workspace = freshWorkspace();
    await endpoint(workspace, "all", ["*"]);
    await save(ended(workspace, { version: 1, status: "needs-approval", completed_at: null }));
    await save(ended(workspace, { version: 2, status: "pending", completed_at: null }));
    await save(ended(workspace));
    expect((await deliveries(workspace)).map(({ type }) => type).toSorted()).toEqual([
      "delegation.completed",
      "delegation.needs-approval",
    ]);
  });

  test("looks at nothing but the workspace's endpoints and the task's own row", async () => {
    const plan = await plansOf(async (told) => {
      const row = ended(freshWorkspace());
      const event = (await delegationEvent(row, null)) as Announcement;
      await announced(told, event, delegationStatements(told, row, []));
    });
    expect(plan).not.toMatch(/SCAN (?:webhook_endpoints|delegations|webhook_deliveries)/);
    expect(plan).toMatch(
      /SEARCH webhook_endpoints USING (?:PRIMARY KEY|INDEX sqlite_autoindex_webhook_endpoints_1) \(workspace=\?\)/,
    );
  });
});
