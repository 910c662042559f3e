import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { expiredDelegations, staleDelegations } from "../../../src/db/due-delegations.ts";
import { markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { plansOf } from "./query-plans.ts";
import { delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
// Times no other test uses: the sweep looks at all workspaces.
const PAST = -1_000_000;
const save = (task_id: string, changes: object) =>
  saveDelegation(db, delegationRow({ workspace: "due", task_id, ...changes }), []);

describe("staleDelegations", () => {
  test("gives open tasks that should have moved, the longest overdue first", async () => {
    await save("overdue", { status: "in-progress", moves_by: PAST - 5 });
    await save("longest", { status: "pending", moves_by: PAST - 9 });
    await save("in-time", { status: "pending", moves_by: PAST });
    await save("ended", { status: "completed", moves_by: null, completed_at: 5_000 });
    const keys = await staleDelegations(db, PAST, 10);
    expect(keys).toEqual(["longest", "overdue"].map((task_id) => ({ workspace: "due", task_id })));
    expect(await staleDelegations(db, PAST, 1)).toHaveLength(1);
  });
});

describe("staleDelegations' plan", () => {
  test("reads the index of open tasks only", async () => {
    expect(await plansOf((told) => staleDelegations(told, PAST, 10))).toContain("USING INDEX delegations_open");
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

  test("reads the index of kept tasks, in its order", async () => {
    const plan = await plansOf((told) => expiredDelegations(told, PAST, 10));
    expect(plan).toContain("USING INDEX delegations_kept (completed_at>? AND completed_at<?)");
    expect(plan).not.toContain("TEMP B-TREE");
  });
});
