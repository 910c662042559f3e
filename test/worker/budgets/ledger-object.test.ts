import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { BudgetInput } from "../../../src/budgets/budget.ts";
import type { ReservationAsk } from "../../../src/budgets/ledger-rpc.ts";
import { finalOf, freshId, specOf } from "../../support/delegation-object.ts";
import { askNow, freshWorkspace, ledgerObjectOf, setBudget, sumsOf } from "../../support/ledger-object.ts";

const CENT = 10_000_000;
const DOLLAR: BudgetInput = { scope: "workspace", period: "total", limit: 1, warn_at: [0.8], allow_unpriced: false };

const ask = (task_id: string, nanos: number, attempt = 1): ReservationAsk => ({
  task_id,
  hash: "0".repeat(64),
  attempt,
  key_id: "k",
  agent: "default",
  nanos,
  ends_at: Date.now() + 60_000,
});

/** A task's object in a workspace, whatever is bound to it. */
const taskObject = (workspace: string, id: string) =>
  env.DELEGATIONS.getByName(`${workspace}/${id}`) as unknown as Parameters<typeof finalOf>[0];

describe("the ledger of a workspace", () => {
  test("reserves for many at once as though they came one by one, and goes on so after it was evicted", async () => {
    const workspace = freshWorkspace();
    const ledger = ledgerObjectOf(workspace);
    await ledger.putBudget(workspace, "b", DOLLAR);
    const wave = (name: string) =>
      Promise.all(Array.from({ length: 50 }, (_, index) => ledger.reserve(workspace, ask(`${name}-${index}`, 2 * CENT + 1))));
    const first = await wave("a");
    expect(first.filter(({ kind }) => kind === "granted")).toHaveLength(49);
    for (const index of [0, 1, 2]) await ledger.release(ask(`a-${index}`, 0));
    await evictDurableObject(ledger);
    const second = await wave("b");
    expect(second.filter(({ kind }) => kind === "granted")).toHaveLength(3);
    expect(await sumsOf(workspace)).toEqual({ spent: 0, reserved: 49 * (2 * CENT + 1) });
  });

  test("answers the first budget when nobody relies any more on there being none, also when it is asked again", async () => {
    const workspace = freshWorkspace();
    const ledger = ledgerObjectOf(workspace);
    const [begun, none] = [Date.now(), await ledger.hasBudgets()];
    expect(none).toBe(false);
    await Promise.all(
      [ledger.putBudget(workspace, "b", DOLLAR), ledger.putBudget(workspace, "b", DOLLAR)].map(async (put) => {
        expect(await put).toMatchObject({ kind: "saved" });
        expect(Date.now() - begun).toBeGreaterThanOrEqual(5_000);
      }),
    );
    expect(await ledger.hasBudgets()).toBe(true);
  });

  test("stores nothing for who only asks", async () => {
    const workspace = freshWorkspace();
    const ledger = ledgerObjectOf(workspace);
    expect([await ledger.hasBudgets(), await ledger.budgets(), await ledger.budget("b")]).toEqual([false, [], null]);
    expect(await ledger.deleteBudget("b")).toBe(false);
    const tables = await runInDurableObject(ledger, (_object, { storage }) => [
      ...storage.sql.exec("select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\'"),
    ]);
    expect(tables).toEqual([]);
  });

  test("lets go of what no task knows, by asking", async () => {
    const workspace = freshWorkspace();
    const ledger = ledgerObjectOf(workspace);
    await setBudget(workspace, DOLLAR);
    await ledger.reserve(workspace, ask("nobody", 5 * CENT));
    expect(await sumsOf(workspace)).toEqual({ spent: 0, reserved: 5 * CENT });
    await askNow(workspace);
    expect(await sumsOf(workspace)).toEqual({ spent: 0, reserved: 0 });
  });

  test("holds what runs, however often it asks, and books what it cost at its end", async () => {
    const workspace = freshWorkspace();
    await setBudget(workspace, DOLLAR);
    const id = freshId();
    const object = taskObject(workspace, id);
    await object.start({ ...specOf(id, simulate({ text: "slow", first_ms: 6_000 })), workspace });
    await expect.poll(() => sumsOf(workspace)).toMatchObject({ spent: 0, reserved: expect.any(Number) });
    await expect.poll(async () => (await sumsOf(workspace)).reserved).toBeGreaterThan(0);
    const { reserved } = await sumsOf(workspace);
    for (let time = 0; time < 2; time += 1) await askNow(workspace);
    expect(await sumsOf(workspace)).toEqual({ spent: 0, reserved });
    const { cost_nanos } = await finalOf(object);
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: cost_nanos, reserved: 0 });
  });

  test("finds out by asking what a settlement that never came would have said", async () => {
    const workspace = freshWorkspace();
    const ledger = ledgerObjectOf(workspace);
    const id = freshId();
    const object = taskObject(workspace, id);
    await object.start({ ...specOf(id, simulate({ text: "x" })), workspace });
    const { cost_nanos } = await finalOf(object);
    await setBudget(workspace, DOLLAR);
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: cost_nanos, reserved: 0 });
    await runInDurableObject(ledger, (_object, { storage }) => {
      storage.sql.exec("delete from entries");
    });
    await ledger.deleteBudget("b");
    await setBudget(workspace, DOLLAR);
    await ledger.reserve(workspace, ask(id, 50 * CENT));
    await askNow(workspace);
    expect(await sumsOf(workspace)).toEqual({ spent: cost_nanos, reserved: 0 });
  });

  test("of another body under the id of a task lets go", async () => {
    const workspace = freshWorkspace();
    const ledger = ledgerObjectOf(workspace);
    await setBudget(workspace, DOLLAR);
    const id = freshId();
    const object = taskObject(workspace, id);
    await object.start({ ...specOf(id, simulate({ text: "x" })), workspace });
    const { cost_nanos } = await finalOf(object);
    await ledger.reserve(workspace, { ...ask(id, 5 * CENT), hash: "1".repeat(64) });
    await askNow(workspace);
    expect(await sumsOf(workspace)).toEqual({ spent: cost_nanos, reserved: 0 });
  });
});

describe("a ledger killed", () => {
  test("while it holds money has it all when it is asked next", async () => {
    const workspace = freshWorkspace();
    await setBudget(workspace, DOLLAR);
    await ledgerObjectOf(workspace).reserve(workspace, ask("t", 60 * CENT));
    await abortAllDurableObjects();
    expect(await ledgerObjectOf(workspace).reserve(workspace, ask("u", 60 * CENT))).toMatchObject({ kind: "over" });
    expect(await sumsOf(workspace)).toEqual({ spent: 0, reserved: 60 * CENT });
  });
});
