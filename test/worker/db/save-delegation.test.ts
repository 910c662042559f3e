import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { markDeleted, PREVIEW_CHARACTERS, saveDelegation } from "../../../src/db/save-delegation.ts";
import { delegations } from "../../../src/db/schema.ts";
import { attemptRow, delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
/** Whatever has been swept, the full-text index has not come so far: it is filled in bulk. */
const LATER = Date.UTC(2090, 0, 1);

const stored = (task_id: string) =>
  env.DB.prepare("select * from delegations where workspace = 'saves' and task_id = ?")
    .bind(task_id)
    .first<Record<string, unknown>>();
const storedAttempts = async (task_id: string) => {
  const query = env.DB.prepare("select * from attempts where workspace = 'saves' and task_id = ? order by number");
  return (await query.bind(task_id).all<Record<string, unknown>>()).results;
};
const row = (task_id: string, changes: Partial<ReturnType<typeof delegationRow>> = {}) =>
  delegationRow({ workspace: "saves", task_id, ...changes });

describe("saveDelegation", () => {
  const filled = {
    tokens_used: 7,
    score: 0.25,
    properties: { project: "apollo", tags: ["é"] },
    cost_nanos: 90,
    usage_final: true,
  };
  const empty = { properties: null, cost_nanos: null, cost_max_nanos: null, model: null, moves_by: null, usage_final: false };

  test.each([
    ["filled", filled],
    ["empty", empty],
  ])("every column of a row that is %s comes back as it was given, inserted or updated", async (name, changes) => {
    const inserted = row(`${name}-insert`, changes);
    const updated = row(`${name}-update`, { ...changes, version: 2 });
    await saveDelegation(db, inserted, []);
    await saveDelegation(db, row(`${name}-update`, { cost_nanos: 1 }), [attemptRow()]);
    await saveDelegation(db, updated, [attemptRow({ status: "completed" })]);
    for (const given of [inserted, updated]) {
      const [back] = await db.select().from(delegations).where(eq(delegations.task_id, given.task_id));
      expect(back).toEqual({ ...given, wasted_nanos: 0 });
    }
    expect(await stored(`${name}-insert`)).toHaveProperty("properties", changes.properties && JSON.stringify(changes.properties));
  });

  test("a newer version replaces the row and its attempts", async () => {
    expect(await saveDelegation(db, row("newer"), [attemptRow()])).toBe(true);
    const ended = attemptRow({ status: "completed", ended_at: 2_000, output_tokens: 7, cost_nanos: 90, usage_final: true });
    expect(
      await saveDelegation(db, row("newer", { version: 2, status: "completed", cost_nanos: 90, attempts: 1 }), [ended]),
    ).toBe(true);
    expect(await stored("newer")).toMatchObject({
      version: 2,
      status: "completed",
      cost_nanos: 90,
      wasted_nanos: 0,
      attempts: 1,
    });
    expect(await storedAttempts("newer")).toEqual([{ workspace: "saves", task_id: "newer", ...ended, usage_final: 1 }]);
  });

  test("a late version changes neither the row nor its attempts", async () => {
    const ended = attemptRow({ status: "completed", cost_nanos: 90 });
    await saveDelegation(db, row("late", { version: 5, status: "completed" }), [ended]);
    expect(
      await saveDelegation(db, row("late", { version: 4, status: "in-progress" }), [attemptRow(), attemptRow({ number: 2 })]),
    ).toBe(false);
    expect(await stored("late")).toMatchObject({ version: 5, status: "completed" });
    expect(await storedAttempts("late")).toMatchObject([{ number: 1, status: "completed", cost_nanos: 90 }]);
  });

  test("the same version twice is written once", async () => {
    const attempts = [attemptRow({ status: "completed" })];
    await saveDelegation(db, row("twice", { version: 3 }), attempts);
    expect(await saveDelegation(db, row("twice", { version: 3, status: "failed" }), attempts)).toBe(false);
    expect(await stored("twice")).toMatchObject({ version: 3, status: "in-progress" });
    expect(await storedAttempts("twice")).toHaveLength(1);
  });

  test("versions written in any order, at once, end in the newest", async () => {
    const versions = [3, 1, 5, 2, 4];
    await Promise.all(
      versions.map((version) =>
        saveDelegation(db, row("raced", { version, tokens_used: version }), [attemptRow({ output_tokens: version })]),
      ),
    );
    expect(await stored("raced")).toMatchObject({ version: 5, tokens_used: 5 });
    expect(await storedAttempts("raced")).toMatchObject([{ output_tokens: 5 }]);
  });

  test("what was paid to attempts without an answer is wasted", async () => {
    const attempts = [
      attemptRow({ status: "failed", cost_nanos: 30 }),
      attemptRow({ number: 2, status: "interrupted", cost_nanos: null }),
      attemptRow({ number: 3, status: "completed", cost_nanos: 100 }),
    ];
    await saveDelegation(db, row("wasted", { attempts: 3 }), attempts);
    expect(await stored("wasted")).toMatchObject({ wasted_nanos: 30, attempts: 3 });
  });

  test("texts are cut to previews, never inside a character", async () => {
    const prompt = `${"x".repeat(PREVIEW_CHARACTERS - 1)}😀 and more`;
    await saveDelegation(db, row("long", { prompt_preview: prompt, output_preview: "y".repeat(5_000) }), []);
    const saved = await stored("long");
    expect(saved?.prompt_preview).toBe("x".repeat(PREVIEW_CHARACTERS - 1));
    expect(saved?.output_preview).toBe("y".repeat(PREVIEW_CHARACTERS));
  });

  test("a deleted row stays deleted, without texts, while its books follow", async () => {
    await saveDelegation(db, row("deleted", { properties: { team: "a" }, output_preview: "secret" }), [attemptRow()]);
    expect(await markDeleted(db, "saves", "deleted", 9_000)).toBe(true);
    expect(await markDeleted(db, "saves", "deleted", 9_999)).toBe(false);
    await saveDelegation(db, row("deleted", { version: 2, status: "cancelled", cost_nanos: 70, output_preview: "secret" }), [
      attemptRow({ status: "cancelled", cost_nanos: 70 }),
    ]);
    expect(await stored("deleted")).toMatchObject({
      status: "cancelled",
      cost_nanos: 70,
      deleted_at: 9_000,
      prompt_preview: null,
      output_preview: null,
      properties: null,
      error_message: null,
    });
    expect(await storedAttempts("deleted")).toMatchObject([{ status: "cancelled", cost_nanos: 70 }]);
  });

  test("a task deleted before its first row arrives leaves no texts", async () => {
    await saveDelegation(db, row("early", { version: 3, deleted_at: 500, prompt_preview: "secret" }), []);
    expect(await stored("early")).toMatchObject({ deleted_at: 500, prompt_preview: null, properties: null });
    await saveDelegation(db, row("early", { version: 2, prompt_preview: "secret" }), []);
    await saveDelegation(db, row("early", { version: 4, prompt_preview: "secret" }), []);
    expect(await stored("early")).toMatchObject({ version: 4, deleted_at: 500, prompt_preview: null, properties: null });
  });

  test("a delegation with one attempt costs four rows written when it begins and six when it ends, that which makes it reusable included", async () => {
    await saveDelegation(db, row("first-of-its-day"), []);
    let written = 0;
    const counting = createDatabase(
      counted(env.DB, (rows) => {
        written += rows;
      }),
    );
    await saveDelegation(counting, row("budget", { attempts: 1 }), [attemptRow()]);
    expect(written).toBe(4);
    await saveDelegation(
      counting,
      row("budget", { version: 2, status: "completed", completed_at: LATER, updated_at: LATER, attempts: 1, cache_key: "k" }),
      [attemptRow({ status: "completed", ended_at: 3_000, usage_final: true })],
    );
    expect(written).toBe(10);
  });
});

/** The database with the rows it writes told to `tell`. */
function counted(database: D1Database, tell: (rows: number) => void): D1Database {
  const batch = database.batch.bind(database);
  return new Proxy(database, {
    get(target, name) {
      if (name === "prepare") return target.prepare.bind(target);
      if (name !== "batch") return Reflect.get(target, name);
      return async (statements: D1PreparedStatement[]) => {
        const results = await batch(statements);
        for (const result of results) tell(result.meta.rows_written);
        return results;
      };
    },
  });
}
