import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { reusableAnswers } from "../../../src/db/reusable-answers.ts";
import { markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { plansOf } from "./query-plans.ts";
import { delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const save = (task_id: string, changes: object, workspace = "reuse") =>
  saveDelegation(
    db,
    delegationRow({ workspace, task_id, status: "completed", completed_at: 5_000, moves_by: null, ...changes }),
    [],
  );
const sourceOf = async (cache_key: string, since = 0) =>
  (await reusableAnswers(db, "reuse", [{ task_id: "asks", cache_key, since }]))[0]?.source;

describe("reusableAnswers", () => {
  test("gives each task the newest answer of its key, in one query", async () => {
    await save("old", { cache_key: "a", completed_at: 4_000 });
    await save("new", { cache_key: "a", completed_at: 6_000 });
    await save("other", { cache_key: "b" });
    const wanted = ["a", "b", "a", "c"].map((cache_key, index) => ({ task_id: `t${index}`, cache_key, since: 0 }));
    expect(await reusableAnswers(db, "reuse", wanted)).toEqual([
      { task_id: "t0", source: "new" },
      { task_id: "t1", source: "other" },
      { task_id: "t2", source: "new" },
    ]);
  });

  test("counts the age to the millisecond", async () => {
    await save("aged", { cache_key: "aged" });
    expect([await sourceOf("aged", 5_000), await sourceOf("aged", 5_001)]).toEqual(["aged", undefined]);
  });

  test("knows no answer of another workspace, of a deleted task, or of one that is not completed", async () => {
    await save("foreign", { cache_key: "foreign" }, "elsewhere");
    await save("deleted", { cache_key: "deleted" });
    await markDeleted(db, "reuse", "deleted", 6_000);
    await save("failed", { cache_key: "failed", status: "failed" });
    await save("open", { cache_key: "open", status: "in-progress", completed_at: null });
    const keys = ["foreign", "deleted", "failed", "open"];
    expect(await Promise.all(keys.map((key) => sourceOf(key)))).toEqual(keys.map(() => undefined));
  });

  test("reads one row of the index of reusable answers for each", async () => {
    const plan = await plansOf((told) => reusableAnswers(told, "reuse", [{ task_id: "t", cache_key: "a", since: 1 }]));
    expect(plan).toContain("USING INDEX delegations_reusable (workspace=? AND cache_key=? AND completed_at>?)");
    expect(plan).not.toContain("TEMP B-TREE");
  });
});
