import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { delegationTree } from "../../../src/db/delegation-tree.ts";
import { insertWaiting } from "../../../src/db/insert-waiting.ts";
import { plansOf } from "./query-plans.ts";
import { delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);

/** A workspace with these tasks, each the child of the one behind the colon. */
async function planted(...tasks: string[]): Promise<string> {
  const workspace = crypto.randomUUID();
  const rows = tasks.map((task, index) => {
    const [task_id = "", parent_task_id = null] = task.split(":");
    return delegationRow({ workspace, task_id, parent_task_id, created_at: 1_000 + index });
  });
  await insertWaiting(db, rows);
  return workspace;
}

const placesIn = async (workspace: string, taskId: string) => {
  const { rows, truncated } = await delegationTree(db, workspace, taskId);
  return { places: rows.map(({ task_id, depth }) => `${task_id}@${depth}`), truncated };
};

describe("delegationTree", () => {
  test("is the whole tree, the root first and the oldest of a level first, whoever of it is asked about", async () => {
    const workspace = await planted("other", "root", "b:root", "a:root", "c:a", "d:c", "e:other");
    const whole = { places: ["root@0", "b@1", "a@1", "c@2", "d@3"], truncated: false };
    for (const task of ["root", "a", "b", "d"]) expect(await placesIn(workspace, task)).toEqual(whole);
  });

  test("is one task that has neither parent nor child, and nothing of one that is not there", async () => {
    const workspace = await planted("alone");
    expect(await placesIn(workspace, "alone")).toEqual({ places: ["alone@0"], truncated: false });
    expect(await placesIn(workspace, "nobody")).toEqual({ places: [], truncated: false });
    expect(await placesIn(crypto.randomUUID(), "alone")).toEqual({ places: [], truncated: false });
  });

  test("begins with the oldest ancestor that there is", async () => {
    const workspace = await planted("a:never-here", "b:a");
    expect((await placesIn(workspace, "b")).places).toEqual(["a@0", "b@1"]);
  });

  test("ends in a cycle too, with each task once", async () => {
    const workspace = await planted("a:c", "b:a", "c:b", "self:self");
    const { places } = await placesIn(workspace, "b");
    expect(places.map((place) => place.split("@")[0]).toSorted()).toEqual(["a", "b", "c"]);
    expect((await placesIn(workspace, "self")).places).toEqual(["self@0"]);
  });

  test("follows 50 levels and says that there are more", async () => {
    const chain = (length: number) => Array.from({ length }, (_, index) => (index === 0 ? "t0" : `t${index}:t${index - 1}`));
    const [exact, longer] = [await planted(...chain(51)), await planted(...chain(120))];
    expect(await placesIn(exact, "t50")).toMatchObject({ truncated: false, places: { length: 51 } });
    const cut = await placesIn(longer, "t0");
    expect([cut.truncated, cut.places.length, cut.places.at(-1)]).toEqual([true, 51, "t50@50"]);
    const middle = await placesIn(longer, "t100");
    expect([middle.truncated, middle.places[0], middle.places.at(-1)]).toEqual([true, "t50@0", "t100@50"]);
  });

  test("follows 1,000 tasks, says that there are more, and has who is asked about in any case", async () => {
    const wide = Array.from({ length: 1_200 }, (_, index) => `w${index}:root`);
    const workspace = await planted("root", ...wide, "deep:w1199");
    const { places, truncated } = await placesIn(workspace, "deep");
    expect(truncated).toBe(true);
    expect(places).toEqual(expect.arrayContaining(["root@0", "w1199@1", "deep@2"]));
    expect(places.length).toBeLessThanOrEqual(1_003);
    const exact = await planted("root", ...wide.slice(0, 999));
    expect(await placesIn(exact, "root")).toMatchObject({ truncated: false, places: { length: 1_000 } });
  });

  test("finds parents by the primary key and children by their index, and reads no table through", async () => {
    const plan = await plansOf((told) => delegationTree(told, "w", "t"));
    expect(plan).toContain("INDEX delegations_of_parent (workspace=? AND parent_task_id=?)");
    expect(plan).toContain("PRIMARY KEY (workspace=? AND task_id=?)");
    expect(plan).not.toMatch(/SCAN (d|delegations)\b/);
  });
});
