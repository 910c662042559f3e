import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { insertWaiting } from "../../../src/db/insert-waiting.ts";
import { findDelegationRow, listDelegations } from "../../../src/db/list-delegations.ts";
import { markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { takenIds } from "../../../src/db/taken-ids.ts";
import { freshId } from "../../support/delegation-object.ts";
import { plansOf } from "./query-plans.ts";
import { delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const waiting = { version: 0, status: "pending", moves_by: null, batch_id: "b", hash: "h" };

describe("insertWaiting", () => {
  test("puts every row on the list as it would be saved, texts cut", async () => {
    const workspace = freshId("ws");
    const [saved, waited] = ["saved", "waited"].map((task_id) =>
      delegationRow({ workspace, task_id, ...waiting, properties: { a: [1, "x"] }, prompt_preview: `é"\n${"x".repeat(3_000)}` }),
    );
    if (saved === undefined || waited === undefined) throw new Error("no rows");
    await saveDelegation(db, saved, []);
    await insertWaiting(db, [waited]);
    const [one, other] = await Promise.all([saved, waited].map(({ task_id }) => findDelegationRow(db, workspace, task_id)));
    expect(other).toEqual({ ...one, task_id: "waited" });
    expect(other?.prompt_preview).toHaveLength(2_000);
  });

  test("takes a thousand rows of the largest texts, twice without harm", async () => {
    const workspace = freshId("ws");
    const rows = Array.from({ length: 1_000 }, (_, index) =>
      delegationRow({ workspace, task_id: `t${index}`, ...waiting, prompt_preview: "é".repeat(2_000) }),
    );
    await insertWaiting(db, rows);
    await insertWaiting(db, rows);
    const { n } =
      (await env.DB.prepare("select count(*) as n from delegations where workspace = ?").bind(workspace).first()) ?? {};
    expect(n).toBe(1_000);
  });

  test("leaves a row that is there already as it is, and is itself overwritten by the task's own", async () => {
    const workspace = freshId("ws");
    await saveDelegation(db, delegationRow({ workspace, task_id: "first", status: "completed" }), []);
    const rows = ["first", "later"].map((task_id) => delegationRow({ workspace, task_id, ...waiting }));
    await insertWaiting(db, rows);
    await saveDelegation(db, delegationRow({ workspace, task_id: "later", status: "in-progress" }), []);
    expect((await findDelegationRow(db, workspace, "first"))?.status).toBe("completed");
    expect((await findDelegationRow(db, workspace, "later"))?.status).toBe("in-progress");
  });
});

describe("takenIds", () => {
  test("names ids with another hash and deleted ones, not the same, unhashed or other workspaces' ones", async () => {
    const workspace = freshId("ws");
    const row = (task_id: string, hash: string | null, of = workspace) =>
      saveDelegation(db, delegationRow({ workspace: of, task_id, hash }), []);
    await Promise.all([
      row("same", "h"),
      row("other", "x"),
      row("old", null),
      row("deleted", "h"),
      row("foreign", "x", freshId("ws")),
    ]);
    await markDeleted(db, workspace, "deleted", 1);
    const asked = ["same", "other", "old", "deleted", "foreign", "new", "it's"].map((task_id) => ({ task_id, hash: "h" }));
    const taken = await takenIds(db, workspace, asked);
    expect(taken.toSorted((left, right) => left.task_id.localeCompare(right.task_id))).toEqual([
      { task_id: "deleted", deleted: true },
      { task_id: "other", deleted: false },
    ]);
  });

  test("looks each id up by the primary key", async () => {
    const plan = await plansOf((database) => takenIds(database, "ws", [{ task_id: "a", hash: "h" }]));
    expect(plan).toMatch(/SEARCH d USING PRIMARY KEY \(workspace=\? AND task_id=\?\)/);
  });
});

describe("listDelegations of a batch", () => {
  test("reads the batch's rows in order from their own index", async () => {
    const page = { sort: "created_at", descending: true, limit: 50, after: undefined } as const;
    const plan = await plansOf((database) => listDelegations(database, "ws", { batch_id: "b" }, page));
    expect(plan).toContain("delegations_of_batch");
    expect(plan.split("TEMP B-TREE"), "only the page is sorted").toHaveLength(2);
  });
});
