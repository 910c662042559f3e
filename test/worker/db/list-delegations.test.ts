import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import type { DelegationFilters } from "../../../src/db/delegation-filters.ts";
import { findDelegationRow, listDelegations } from "../../../src/db/list-delegations.ts";
import type { Page } from "../../../src/db/list-order.ts";
import { type DelegationRow, saveDelegation } from "../../../src/db/save-delegation.ts";
import { plansOf } from "./query-plans.ts";
import { delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const FIRST: Page = { sort: "created_at", descending: true, limit: 50, after: undefined };

const save = (workspace: string, task_id: string, changes: Partial<DelegationRow> = {}) =>
  saveDelegation(db, delegationRow({ workspace, task_id, ...changes }), []);
const idsOf = async (workspace: string, filters: DelegationFilters = {}, page: Partial<Page> = {}) =>
  (await listDelegations(db, workspace, filters, { ...FIRST, ...page })).map(({ task_id }) => task_id);

/** Every page of a list, `between` each two of them. */
async function paged(workspace: string, page: Pick<Page, "sort" | "descending">, between = async () => {}): Promise<string[]> {
  const seen: string[] = [];
  for (let after: Page["after"]; ; ) {
    const rows = await listDelegations(db, workspace, {}, { ...page, limit: 3, after });
    seen.push(...rows.map(({ task_id }) => task_id));
    const last = rows.at(-1);
    if (rows.length < 3 || last === undefined) return seen;
    const value = { created_at: last.created_at, completed_at: last.completed_at, cost: last.cost_nanos }[page.sort];
    after = { value, id: last.task_id };
    await between();
  }
}

describe("listDelegations", () => {
  beforeAll(async () => {
    await save("filters", "a", {
      created_at: 10,
      status: "completed",
      completed_at: 15,
      provider: "codex",
      cost_nanos: 5,
      properties: { team: "red", level: 7, urgent: true },
    });
    await save("filters", "b", {
      created_at: 20,
      status: "failed",
      completed_at: 25,
      agent: "coder",
      task_type: "TESTING",
      properties: { team: "7", urgent: "true", "a.b[0]": "deep" },
    });
    await save("filters", "c", {
      created_at: 30,
      status: "pending",
      batch_id: "b1",
      flow_id: "f1",
      parent_task_id: "a",
      source: "recorded",
      cost_nanos: null,
    });
    await save("filters", "gone", { created_at: 40, deleted_at: 50 });
    await save("other", "d", { created_at: 20 });
  });

  test.each<[DelegationFilters, string[]]>([
    [{}, ["c", "b", "a"]],
    [{ status: ["failed"] }, ["b"]],
    [{ status: ["failed", "pending"] }, ["c", "b"]],
    [{ status: ["pending", "in-progress"] }, ["c"]],
    [{ provider: "codex" }, ["a"]],
    [{ agent: "coder" }, ["b"]],
    [{ model: "claude-opus-5-5" }, ["c", "b", "a"]],
    [{ model: "claude-opus" }, ["c", "b", "a"]],
    [{ model: "another" }, []],
    [{ task_type: "TESTING" }, ["b"]],
    [{ batch_id: "b1" }, ["c"]],
    [{ flow_id: "f1" }, ["c"]],
    [{ parent_task_id: "a" }, ["c"]],
    [{ source: "recorded" }, ["c"]],
    [{ created_after: 20 }, ["c", "b"]],
    [{ created_before: 20 }, ["a"]],
    [{ min_cost_nanos: 5 }, ["a"]],
    [{ properties: { team: "red" } }, ["a"]],
    [{ properties: { level: "7" } }, ["a"]],
    [{ properties: { team: "7" } }, ["b"]],
    [{ properties: { urgent: "true" } }, ["b", "a"]],
    [{ properties: { "a.b[0]": "deep" } }, ["b"]],
    [{ properties: { team: "red", level: "8" } }, []],
    [{ properties: { "') or 1=1 --": "x" } }, []],
    [{ properties: { level: "" } }, []],
  ])("%j finds %j", async (filters, ids) => {
    expect(await idsOf("filters", filters)).toEqual(ids);
  });

  test("by cost and by end, unknown values come last in both directions", async () => {
    await save("sorted", "a", { cost_nanos: 5, completed_at: 900 });
    await save("sorted", "b", { cost_nanos: null, completed_at: null });
    await save("sorted", "c", { cost_nanos: 9, completed_at: 100 });
    expect(await idsOf("sorted", {}, { sort: "cost", descending: true })).toEqual(["c", "a", "b"]);
    expect(await idsOf("sorted", {}, { sort: "cost", descending: false })).toEqual(["a", "c", "b"]);
    expect(await idsOf("sorted", {}, { sort: "completed_at", descending: true })).toEqual(["a", "c", "b"]);
    expect(await idsOf("sorted", {}, { sort: "completed_at", descending: false })).toEqual(["c", "a", "b"]);
  });

  test("pages cover every row once, ties and unknown values included, in every order", async () => {
    const rows = Array.from({ length: 20 }, (_, index) => ({
      id: `t${index}`,
      created_at: index % 4,
      cost_nanos: index % 3 === 0 ? null : index % 5,
    }));
    for (const { id, ...changes } of rows) await save("paged", id, { ...changes, completed_at: changes.cost_nanos });
    for (const sort of ["created_at", "cost", "completed_at"] as const) {
      for (const descending of [true, false]) {
        const seen = await paged("paged", { sort, descending });
        expect(seen).toEqual(await idsOf("paged", {}, { sort, descending, limit: 100 }));
        expect(new Set(seen).size).toBe(20);
      }
    }
  });

  test("rows that arrive between two pages neither double nor hide others", async () => {
    for (let index = 0; index < 10; index += 1) await save("moving", `old-${index}`, { created_at: 100 + index });
    let count = 0;
    const seen = await paged("moving", { sort: "created_at", descending: true }, async () => {
      count += 1;
      await save("moving", `new-${count}`, { created_at: 1_000 + count });
    });
    expect(seen).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((index) => `old-${index}`));
  });
});

describe("the plan of a list", () => {
  const planOf = (filters: DelegationFilters, page: Partial<Page> = {}) =>
    plansOf((told) => listDelegations(told, "w", filters, { ...FIRST, ...page }));
  const sortsIn = (plan: string) => plan.split("TEMP B-TREE").length - 1;

  test.each<[string, Partial<Page>]>([
    ["newest first", {}],
    ["oldest first", { descending: false }],
    ["a later page", { after: { value: 5, id: "t" } }],
  ])("%s reads the time index in order, without sorting", async (_name, page) => {
    const plan = await planOf({}, page);
    expect(plan).toContain("USING INDEX delegations_by_time (workspace=?");
    expect(sortsIn(plan)).toBe(0);
  });

  test.each<[string, DelegationFilters]>([
    ["a span of time", { created_after: 1, created_before: 9 }],
    ["final statuses", { status: ["completed"] }],
    ["an agent", { agent: "coder" }],
    ["a provider and a model", { provider: "codex", model: "m" }],
    ["a task type", { task_type: "TESTING" }],
    ["a source", { source: "recorded" }],
    ["a cost", { min_cost_nanos: 5 }],
  ])("%s is looked for in the time index alone, in order; only the page is sorted", async (_name, filters) => {
    const plan = await planOf(filters, { after: { value: 5, id: "t" } });
    expect(plan).toContain("USING COVERING INDEX delegations_by_time (workspace=?");
    expect(plan).toContain("SEARCH delegations USING PRIMARY KEY (workspace=? AND task_id=?)");
    expect(sortsIn(plan)).toBe(1);
    expect(plan.endsWith("TEMP B-TREE FOR ORDER BY")).toBe(true);
  });

  test.each<[string, DelegationFilters, string]>([
    ["open statuses", { status: ["pending", "in-progress"] }, "delegations_open"],
    ["a batch", { batch_id: "b" }, "delegations_of_batch"],
    ["a flow", { flow_id: "f" }, "delegations_of_flow"],
    ["a parent", { parent_task_id: "t" }, "delegations_of_parent"],
  ])("%s reads the index of those only", async (_name, filters, index) => {
    const plan = await planOf(filters);
    expect(plan).toContain(`USING INDEX ${index} (workspace=?`);
    expect(plan).not.toContain("delegations_by_time");
    expect(sortsIn(plan)).toBe(1);
  });

  test.each<[Page["sort"], string]>([
    ["cost", "delegations_by_cost (workspace=? AND cost_nanos>?)"],
    ["cost", "delegations_by_cost (workspace=? AND cost_nanos=?)"],
    ["completed_at", "delegations_kept (workspace=? AND completed_at>?)"],
  ])("by %s the final ones come from %s in order; only the open ones and the page are sorted", async (sort, index) => {
    for (const descending of [true, false]) {
      const plan = await planOf({}, { sort, descending });
      expect(plan).toContain(index);
      expect(plan).toContain("USING INDEX delegations_open (workspace=?");
      expect(plan).not.toContain("delegations_by_time");
      expect(sortsIn(plan)).toBe(2);
      expect(await planOf({}, { sort, descending, after: { value: 5, id: "t" } })).not.toContain("delegations_by_time");
    }
  });

  test.each<[string, DelegationFilters]>([
    ["words", { words: ["red"] }],
    ["a property", { properties: { team: "red" } }],
  ])("%s are looked up in the full-text index, and in what it does not have yet", async (_name, filters) => {
    const plan = await planOf(filters);
    expect(plan).toContain("SCAN history VIRTUAL TABLE INDEX 192:M");
    expect(plan).toContain("USING INDEX delegations_open (workspace=?");
    expect(plan).toContain("USING INDEX delegations_kept (workspace=? AND completed_at>?)");
    expect(plan).not.toContain("delegations_by_time");
    expect(plan).not.toContain("SCAN delegations");
  });
});

describe("findDelegationRow", () => {
  test("finds a row by workspace and id, and no other workspace's", async () => {
    await save("found", "one");
    expect((await findDelegationRow(db, "found", "one"))?.task_id).toBe("one");
    expect(await findDelegationRow(db, "filters", "one")).toBeUndefined();
  });
});
