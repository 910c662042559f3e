import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import type { DelegationFilters } from "../../../src/db/delegation-filters.ts";
import { listDelegations } from "../../../src/db/list-delegations.ts";
import type { Page } from "../../../src/db/list-order.ts";
import { type DelegationRow, markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { indexHistory } from "../../../src/sweep/index-history.ts";
import { forgetHistory } from "../../support/forget-history.ts";
import { plansOf } from "./query-plans.ts";
import { delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const MINUTE = 60_000;
const FIRST: Page = { sort: "created_at", descending: true, limit: 50, after: undefined };

let count = 0;
let workspace = "";
/** Each test ends its tasks after those of the others, so that the index has none of them. */
let now = 0;
beforeAll(forgetHistory);
beforeEach(() => {
  count += 1;
  workspace = `search-${count}`;
  now = count * 1_000 * MINUTE;
});

/** There are many, and none has an object: the sweep of other tests would have to come to each. */
afterAll(() => env.DB.exec("delete from delegations where workspace like 'search-%'"));

const save = (task_id: string, changes: Partial<DelegationRow> = {}) =>
  saveDelegation(
    db,
    delegationRow({ workspace, task_id, status: "completed", created_at: now, completed_at: now, ...changes }),
    [],
  );
const index = () => indexHistory(db, now + 2 * MINUTE);
const find = async (filters: DelegationFilters, page: Partial<Page> = {}) =>
  (await listDelegations(db, workspace, filters, { ...FIRST, ...page })).map(({ task_id }) => task_id);
const words = (...wanted: string[]) => find({ words: wanted });
const indexed = async () =>
  (await env.DB.prepare("select task_id from history where workspace = ? order by rowid").bind(workspace).all()).results.map(
    ({ task_id }) => task_id,
  );

describe.each([
  ["before the index has them", async () => {}],
  ["once the index has them", index],
] as const)("what a search finds, %s", (_name, prepared) => {
  test("delegations that have all words, in the prompt or the output, newest first", async () => {
    await save("a", { created_at: now + 1, prompt_preview: "Implement JWT authentication", output_preview: "Done in Rust" });
    await save("b", { created_at: now + 2, prompt_preview: "Explain JWT", output_preview: null });
    await save("c", { created_at: now + 3, prompt_preview: "Something else" });
    await prepared();
    expect(await words("jwt")).toEqual(["b", "a"]);
    expect(await words("jwt", "rust")).toEqual(["a"]);
    expect(await words("JWT", "else")).toEqual([]);
  });

  test("no other workspace's", async () => {
    await save("mine", { prompt_preview: "shared" });
    await saveDelegation(
      db,
      delegationRow({ workspace: `${workspace}-b`, task_id: "other", prompt_preview: "shared", completed_at: now }),
      [],
    );
    await prepared();
    expect(await words("shared")).toEqual(["mine"]);
  });

  test("open ones too", async () => {
    await save("open", { status: "in-progress", completed_at: null, prompt_preview: "needle" });
    await save("done", { prompt_preview: "needle" });
    await prepared();
    expect(await words("needle")).toEqual(["open", "done"]);
  });

  test("nothing of a deleted one", async () => {
    await save("gone", { prompt_preview: "classified" });
    await prepared();
    await markDeleted(db, workspace, "gone", now);
    expect(await words("classified")).toEqual([]);
  });

  test.each<[string, DelegationFilters]>([
    ["status", { status: ["failed"] }],
    ["agent", { agent: "coder" }],
    ["provider", { provider: "codex" }],
    ["model", { model: "gpt" }],
    ["model as it was asked for", { model: "gpt-alias" }],
    ["task type", { task_type: "TESTING" }],
    ["batch", { batch_id: "b1" }],
    ["flow", { flow_id: "f1" }],
    ["parent", { parent_task_id: "p1" }],
    ["source", { source: "recorded" }],
    ["cost", { min_cost_nanos: 500 }],
    ["a property that is a text", { properties: { team: 'réd = "1"' } }],
    ["a property that is a number", { properties: { level: "7.50" } }],
    ["a property that is a boolean", { properties: { urgent: "true" } }],
    ["a property with a zero in it", { properties: { zero: "a\0b" } }],
    ["a property with a zero in its name", { properties: { "ze\0ro": "1" } }],
    ["a long property", { properties: { note: `${"x".repeat(300)}1` } }],
  ])("narrowed by %s", async (_filter, filters) => {
    const fits = {
      status: "failed",
      agent: "coder",
      provider: "codex",
      model: "gpt",
      requested_model: "gpt-alias",
      task_type: "TESTING",
      batch_id: "b1",
      flow_id: "f1",
      parent_task_id: "p1",
      source: "recorded",
      cost_nanos: 500,
      properties: { team: 'réd = "1"', level: 7.5, urgent: true, note: `${"x".repeat(300)}1`, zero: "a\0b", "ze\0ro": 1 },
    };
    await save("fits", { ...fits, prompt_preview: "needle" });
    await save("no-word", { ...fits, prompt_preview: "hay" });
    const other = { level: 7.25, urgent: false, team: "blue", note: `${"x".repeat(300)}2`, zero: "a\0c", "ze\0ro": 2 };
    await save("other", { prompt_preview: "needle", properties: other });
    await prepared();
    expect(await find({ ...filters, words: ["needle"] })).toEqual(["fits"]);
  });

  test("a span of creation times, its first millisecond included", async () => {
    for (const at of [1, 2, 3, 4]) await save(`t${at}`, { created_at: now + at, prompt_preview: "needle" });
    await prepared();
    expect(await find({ words: ["needle"], created_after: now + 2, created_before: now + 4 })).toEqual(["t3", "t2"]);
  });

  test.each([
    '"',
    "*",
    "a*",
    "NEAR(needle)",
    'needle" OR "x',
    "-x",
    "prompt:needle",
    "^x",
    "(x",
    "AND",
    "needle'",
    "{x}",
    "\u0000x",
    "😀",
  ])("nothing in the word %j is syntax", async (word) => {
    await save("a", { prompt_preview: "needle" });
    await prepared();
    expect(await words(word, "absent")).toEqual([]);
  });
});

describe("pages of a search", () => {
  /** All pages of three, `between` each two of them. */
  async function paged(filters: DelegationFilters, order: Pick<Page, "sort" | "descending">, between = async () => {}) {
    const seen: string[] = [];
    for (let after: Page["after"]; ; ) {
      const rows = await listDelegations(db, workspace, filters, { ...order, limit: 3, after });
      seen.push(...rows.map(({ task_id }) => task_id));
      const last = rows.at(-1);
      if (rows.length < 3 || last === undefined) return seen;
      const value = { created_at: last.created_at, completed_at: last.completed_at, cost: last.cost_nanos }[order.sort];
      after = { value, id: last.task_id };
      await between();
    }
  }
  const texts = { prompt_preview: "needle", properties: { level: 7.5 } };

  test.each([{ words: ["needle"] }, { properties: { level: "7.5" } }, { words: ["needle"], min_cost_nanos: 1 }])(
    "cover every one once in every order, ties included, indexed or not: %j",
    async (filters) => {
      const half = async (from: number) => {
        for (let at = from; at < from + 12; at += 1) {
          await save(`t${at}`, { ...texts, created_at: now + (at % 5), completed_at: now + from, cost_nanos: 1 + (at % 4) });
          await save(`n${at}`, { ...texts, prompt_preview: "x", properties: { level: 7.25 }, created_at: now + (at % 5) });
        }
      };
      await half(0);
      await index();
      now += 5 * MINUTE;
      await half(12);
      now -= 5 * MINUTE;
      for (const sort of ["created_at", "cost", "completed_at"] as const) {
        for (const descending of [true, false]) {
          const seen = await paged(filters, { sort, descending });
          expect(seen).toEqual(await find(filters, { sort, descending, limit: 100 }));
          expect(new Set(seen).size).toBe(24);
          expect(seen.every((id) => id.startsWith("t"))).toBe(true);
        }
      }
    },
  );

  test("do not change when tasks arrive, or get into the index, between them", async () => {
    for (let at = 0; at < 9; at += 1) await save(`old-${at}`, { ...texts, created_at: now + (at % 2) });
    let arrived = 0;
    const seen = await paged({ words: ["needle"] }, { sort: "created_at", descending: true }, async () => {
      arrived += 1;
      await save(`new-${arrived}`, { ...texts, created_at: now + 1_000 + arrived });
      await index();
    });
    expect(seen).toEqual([7, 5, 3, 1, 8, 6, 4, 2, 0].map((at) => `old-${at}`));
  });
});

describe("the index", () => {
  test("is ordered by creation, whatever the order of the ends", async () => {
    await save("late", { created_at: now + 2, completed_at: now + 5 });
    await save("early", { created_at: now + 1, completed_at: now + 9 });
    await index();
    expect(await indexed()).toEqual(["early", "late"]);
  });

  test("has a task once, however often it is swept or saved", async () => {
    await save("one", { prompt_preview: "needle" });
    await Promise.all([index(), index(), index()]);
    await save("one", { prompt_preview: "needle", version: 2, cost_nanos: 99 });
    await index();
    expect(await indexed()).toEqual(["one"]);
    expect(await words("needle")).toEqual(["one"]);
  });

  test("does not miss a task that is on the list only after its time was passed", async () => {
    now += 10 * MINUTE;
    await index();
    await save("late", { completed_at: now, prompt_preview: "needle" });
    expect(await indexed()).toEqual(["late"]);
    await save("later", { status: "in-progress", completed_at: null, prompt_preview: "needle" });
    await save("later", { version: 2, completed_at: now - 1, prompt_preview: "needle" });
    expect(await indexed()).toEqual(["late", "later"]);
    expect(await words("needle")).toEqual(["later", "late"]);
  });

  test("follows a final row that is written anew", async () => {
    await save("lost", { status: "failed", prompt_preview: "before" });
    await index();
    await save("lost", { version: 2, status: "completed", prompt_preview: "after" });
    expect(await words("before")).toEqual([]);
    expect(await find({ words: ["after"], status: ["completed"] })).toEqual(["lost"]);
  });

  test("takes more than one step for many", async () => {
    const rows = Array.from({ length: 600 }, (_, at) => save(`t${at}`, { completed_at: now + (at % 7) }));
    await Promise.all(rows);
    await index();
    expect(await indexed()).toHaveLength(600);
  });

  test("keeps no word of a deleted task in any of its tables", async () => {
    const secret = `secret${crypto.randomUUID().replaceAll("-", "")}`;
    await save("gone", {
      prompt_preview: `the ${secret} plan`,
      output_preview: `${secret} again`,
      properties: { [secret]: "x" },
    });
    await save("kept", { prompt_preview: "the plan" });
    await index();
    await env.DB.exec("create virtual table if not exists history_terms using fts5vocab(history, row)");
    const kept = async () => {
      const terms = await env.DB.prepare("select count(*) as count from history_terms where term = ?")
        .bind(secret)
        .first("count");
      const texts = await env.DB.prepare("select count(*) as count from history_content where c3 like ? or c4 like ?");
      const data = await env.DB.prepare("select count(*) as count from history_data where instr(block, cast(? as blob)) > 0");
      return [terms, await texts.bind(`%${secret}%`, `%${secret}%`).first("count"), await data.bind(secret).first("count")];
    };
    expect((await kept()).slice(0, 2)).toEqual([1, 1]);
    await save("gone", { version: 2, deleted_at: now });
    expect(await kept()).toEqual([0, 0, 0]);
    expect(await words("plan")).toEqual(["kept"]);
  });
});

describe("the plan of a search", () => {
  test.each<DelegationFilters>([
    { words: ["needle"], created_after: 1 },
    { words: ["needle"], created_before: 2 },
    { properties: { team: "red" }, status: ["failed"], created_after: 1, created_before: 2 },
    { properties: { team: "red" }, batch_id: "b" },
  ])("reads what is found by its key, and no index of the whole workspace: %j", async (filters) => {
    const plan = await plansOf((told) => listDelegations(told, workspace, filters, FIRST));
    expect(plan).toContain("SCAN history VIRTUAL TABLE");
    expect(plan).toContain("SEARCH delegations USING PRIMARY KEY (workspace=? AND task_id=?)");
    expect(plan).not.toMatch(/delegations_(?:by_time|of_batch)/);
  });
});
