import { describe, expect, test } from "vitest";
import { BudgetedWorkspaces } from "../../../src/budgets/budgeted-workspaces.ts";

/** Ledgers that answer what `answers` says by then, and how often they were asked. */
function workspaces() {
  const clock = { now: 1_000_000 };
  const ledger = { answer: false as boolean | Error, asked: [] as string[], takesMs: 0 };
  const binding = {
    getByName: (name: string) => ({
      hasBudgets: async () => {
        ledger.asked.push(name);
        const { answer } = ledger;
        clock.now += ledger.takesMs;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    }),
  };
  return { clock, ledger, known: new BudgetedWorkspaces(binding, () => clock.now) };
}

describe("BudgetedWorkspaces", () => {
  test("asks once in five seconds for each workspace", async () => {
    const { clock, ledger, known } = workspaces();
    for (let time = 0; time < 3; time += 1) expect(await known.has("a")).toBe(false);
    expect(await known.has("b")).toBe(false);
    expect(ledger.asked).toEqual(["a", "b"]);
    clock.now += 4_999;
    expect([known.known("a"), await known.has("a")]).toEqual([false, false]);
    clock.now += 1;
    ledger.answer = true;
    expect(known.known("a")).toBeUndefined();
    expect(await known.has("a")).toBe(true);
    expect(ledger.asked).toEqual(["a", "b", "a"]);
  });

  test("counts the five seconds from the question, not from the answer", async () => {
    const { clock, ledger, known } = workspaces();
    ledger.takesMs = 3_000;
    await known.has("a");
    clock.now += 2_000;
    expect(known.known("a")).toBeUndefined();
  });

  test("relies on nothing when the ledger cannot be reached", async () => {
    const { clock, ledger, known } = workspaces();
    await known.has("a");
    clock.now += 5_000;
    ledger.answer = new Error("overloaded");
    await expect(known.has("a")).rejects.toThrow("overloaded");
    expect(known.known("a")).toBeUndefined();
  });

  test("forgets after a change here, also what was asked before it", async () => {
    const { ledger, known } = workspaces();
    await known.has("a");
    const asked = known.has("b");
    known.forget("a");
    await asked;
    expect([known.known("a"), known.known("b")]).toEqual([undefined, undefined]);
    ledger.answer = true;
    expect(await known.has("a")).toBe(true);
  });
});
