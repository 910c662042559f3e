import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { expiredDelegations } from "../../../src/db/expired-delegations.ts";
import { lateBatches } from "../../../src/db/late-batches.ts";
import { failLost, lateDelegations, revisitDelegations } from "../../../src/db/late-delegations.ts";
import { lateFlows } from "../../../src/db/late-flows.ts";
import { findDelegationRow } from "../../../src/db/list-delegations.ts";
import { saveBatch } from "../../../src/db/save-batch.ts";
import { markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { freshId } from "../../support/delegation-object.ts";
import { plansOf } from "./query-plans.ts";
import { batchRow, delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
// Times no other test uses: the sweep looks at all workspaces.
const PAST = -1_000_000;
const save = (task_id: string, changes: object) =>
  saveDelegation(db, delegationRow({ workspace: "due", task_id, ...changes }), []);

describe("lateDelegations", () => {
  test("gives open tasks that should have moved, the longest overdue first", async () => {
    await save("overdue", { status: "in-progress", moves_by: PAST - 5 });
    await save("longest", { status: "pending", moves_by: PAST - 9 });
    await save("in-time", { status: "pending", moves_by: PAST });
    await save("ended", { status: "completed", moves_by: null, completed_at: 5_000 });
    const rows = await lateDelegations(db, PAST, 10);
    expect(rows.map(({ workspace, task_id }) => [workspace, task_id])).toEqual([
      ["due", "longest"],
      ["due", "overdue"],
    ]);
    expect(await lateDelegations(db, PAST, 1)).toHaveLength(1);
  });
});

describe("lateDelegations' plan", () => {
  test("reads the index of open tasks only", async () => {
    expect(await plansOf((told) => lateDelegations(told, PAST, 10))).toContain("USING INDEX delegations_open");
  });
});

describe("failLost and revisitDelegations", () => {
  const workspace = freshId("ws");
  const late = async (task_id: string, changes: object = {}) => {
    await saveDelegation(db, delegationRow({ workspace, task_id, version: 0, status: "pending", ...changes }), []);
    return { workspace, task_id, version: 0, batch_id: null, created_at: 1_000 };
  };
  const read = (task_id: string) => findDelegationRow(db, workspace, task_id);

  test("end a task, or put off the next look at it, and leave its neighbours alone", async () => {
    const [lost, held] = [await late("lost"), await late("held")];
    await late("other");
    await failLost(db, [lost], 7_000);
    await revisitDelegations(db, [held], 9_000);
    expect(await read("lost")).toMatchObject({ status: "failed", error_code: "internal", completed_at: 7_000, moves_by: null });
    expect(await read("held")).toMatchObject({ status: "pending", error_code: null, moves_by: 9_000 });
    expect(await read("other")).toMatchObject({ status: "pending", moves_by: 1_000 });
  });

  test("do nothing to a task that has moved since it was read, and are overwritten by its object", async () => {
    const [moved, ended] = [await late("moved"), await late("ended", { status: "completed" })];
    await saveDelegation(db, delegationRow({ workspace, task_id: "moved", version: 1 }), []);
    await failLost(db, [moved, ended], 7_000);
    await revisitDelegations(db, [moved, ended], 9_000);
    expect(await read("moved")).toMatchObject({ status: "in-progress", moves_by: 1_000 });
    expect(await read("ended")).toMatchObject({ status: "completed", moves_by: 1_000 });
    await saveDelegation(db, delegationRow({ workspace, task_id: "lost", version: 1, error_code: null }), []);
    expect(await read("lost")).toMatchObject({ status: "in-progress", error_code: null });
  });

  test("look each task up by the primary key", async () => {
    const key = { workspace, task_id: "plan", version: 0, batch_id: null, created_at: 1 };
    const plan = await plansOf((told) => failLost(told, [key], 1));
    expect(plan).toContain("SEARCH delegations USING PRIMARY KEY (workspace=? AND task_id=?)");
  });
});

describe("lateBatches and lateFlows", () => {
  test("give what should have moved from an index of its own, the longest overdue first", async () => {
    const save = (batch_id: string, moves_by: number | null) => saveBatch(db, batchRow({ workspace: "due", batch_id, moves_by }));
    await Promise.all([save("late", PAST - 5), save("later", PAST - 9), save("in-time", PAST), save("let-go", null)]);
    expect((await lateBatches(db, PAST, 10)).map(({ batch_id }) => batch_id)).toEqual(["later", "late"]);
    expect(await plansOf((told) => lateBatches(told, PAST, 10))).toContain("INDEX batches_open (moves_by<?)");
    expect(await plansOf((told) => lateFlows(told, PAST, 10))).toContain("INDEX flows_open (moves_by<?)");
  });
});

describe("expiredDelegations", () => {
  test("gives final tasks that still have texts, the oldest first", async () => {
    await save("old", { status: "completed", moves_by: null, completed_at: PAST - 5 });
    await save("older", { status: "failed", moves_by: null, completed_at: PAST - 9 });
    await save("young", { status: "completed", moves_by: null, completed_at: PAST });
    await save("erased", { status: "completed", moves_by: null, completed_at: PAST - 7 });
    await markDeleted(db, "due", "erased", 1);
    const ids = (await expiredDelegations(db, PAST, 10)).map(({ task_id }) => task_id);
    expect(ids).toEqual(["older", "old"]);
  });

  test("reads of the index of kept tasks those of each workspace that are expired", async () => {
    const plan = await plansOf((told) => expiredDelegations(told, PAST, 10));
    expect(plan).toMatch(/INDEX delegations_kept \(workspace=\? AND completed_at>\? AND completed_at<\?\)/);
    expect(plan).not.toContain("SCAN delegations");
  });
});
