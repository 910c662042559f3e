import { describe, expect, test } from "vitest";
import { ask, DAY, DOLLAR, NOON, newBooks, settlement, sums, taskOf } from "./books.ts";

const CENT = 10_000_000;
const GRANTED = { kind: "granted" };

describe("reserving", () => {
  test("holds the money of an attempt, once however often it is asked", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    for (let time = 0; time < 3; time += 1) expect(ledger.reserve(ask("t", CENT))).toMatchObject(GRANTED);
    expect(sums(ledger)).toEqual({ spent: 0, reserved: CENT, remaining: 99 * CENT });
  });

  test("is refused from the first nano-dollar over the limit on, and then holds nothing", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    expect(ledger.reserve(ask("a", 60 * CENT))).toMatchObject(GRANTED);
    expect(ledger.reserve(ask("b", 40 * CENT + 1))).toEqual({
      kind: "over",
      budget: "b",
      period: "total",
      limit: 100 * CENT,
      remaining: 40 * CENT,
    });
    expect(ledger.reserve(ask("b", 40 * CENT))).toMatchObject(GRANTED);
    expect(sums(ledger)).toEqual({ spent: 0, reserved: 100 * CENT, remaining: 0 });
  });

  test("keys apart attempts, tasks, and bodies that want one id", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    const asks = [ask("t", CENT), ask("t", CENT, { attempt: 2 }), ask("u", CENT), ask("t", CENT, { hash: "other" })];
    for (const each of asks) ledger.reserve(each);
    expect(sums(ledger).reserved).toBe(4 * CENT);
  });

  test("takes the higher of two bounds, when that fits", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("t", 30 * CENT));
    expect(ledger.reserve(ask("t", 20 * CENT))).toMatchObject(GRANTED);
    expect(sums(ledger).reserved).toBe(30 * CENT);
    expect(ledger.reserve(ask("t", 90 * CENT))).toMatchObject(GRANTED);
    expect(sums(ledger).reserved).toBe(90 * CENT);
    expect(ledger.reserve(ask("t", 101 * CENT))).toMatchObject({ kind: "over", remaining: 100 * CENT });
    expect(sums(ledger).reserved).toBe(90 * CENT);
  });

  test.each([
    ["workspace", undefined, [true, true, true]],
    ["key", "key-1", [true, true, false]],
    ["agent", "coder", [true, false, true]],
  ] as const)("a budget of scope %s counts whose spending it is", (scope, subject, counts) => {
    const { ledger } = newBooks();
    ledger.put("b", { ...DOLLAR, scope, subject });
    const asks = [ask("a", CENT), ask("b", CENT, { agent: "writer" }), ask("c", CENT, { key_id: "key-2" })];
    const held = asks.map((each) => {
      const before = sums(ledger).reserved;
      ledger.reserve(each);
      return sums(ledger).reserved > before;
    });
    expect(held).toEqual(counts);
  });

  test("needs every budget that applies to say yes, and holds nothing in any when one says no", () => {
    const { ledger } = newBooks();
    ledger.put("small", { ...DOLLAR, scope: "agent", subject: "coder", limit: 0.1 });
    ledger.put("wide", DOLLAR);
    expect(ledger.reserve(ask("t", 11 * CENT))).toMatchObject({ kind: "over", budget: "small" });
    expect(sums(ledger, "wide").reserved).toBe(0);
    expect(ledger.reserve(ask("t", 11 * CENT, { agent: "writer" }))).toMatchObject(GRANTED);
  });

  test("of what nobody can price is refused, unless every budget that applies allows it", () => {
    const { ledger } = newBooks();
    ledger.put("a", { ...DOLLAR, allow_unpriced: true });
    expect(ledger.reserve(ask("t", null))).toMatchObject(GRANTED);
    ledger.put("b", { ...DOLLAR, scope: "key", subject: "key-1" });
    expect(ledger.reserve(ask("t", null))).toMatchObject({ kind: "unpriced", budget: "b" });
    expect(ledger.reserve(ask("t", null, { key_id: "key-2" }))).toMatchObject(GRANTED);
  });

  test("a limit of nothing stops what costs something, and lets run what is free", () => {
    const { ledger } = newBooks();
    ledger.put("b", { ...DOLLAR, limit: 0 });
    expect(ledger.reserve(ask("t", 1))).toMatchObject({ kind: "over", remaining: 0 });
    expect(ledger.reserve(ask("t", 0))).toMatchObject(GRANTED);
  });
});

describe("settling", () => {
  test("books the cost and lets go of the rest", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("t", 50 * CENT));
    ledger.settle(taskOf("t"), [settlement(7 * CENT)]);
    expect(sums(ledger)).toEqual({ spent: 7 * CENT, reserved: 0, remaining: 93 * CENT });
  });

  test("doubled, late and reordered settlements change nothing, a newer one replaces the amount", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("t", 50 * CENT));
    ledger.settle(taskOf("t"), [settlement(9 * CENT, { version: 5 })]);
    ledger.settle(taskOf("t"), [settlement(9 * CENT, { version: 5 }), settlement(50 * CENT, { version: 4 })]);
    expect(sums(ledger).spent).toBe(9 * CENT);
    ledger.settle(taskOf("t"), [settlement(11 * CENT, { version: 6 })]);
    expect(sums(ledger)).toMatchObject({ spent: 11 * CENT, reserved: 0 });
  });

  test("an attempt that asks after it was settled holds nothing", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.settle(taskOf("t"), [settlement(CENT)]);
    expect(ledger.reserve(ask("t", 50 * CENT))).toMatchObject(GRANTED);
    expect(sums(ledger)).toMatchObject({ spent: CENT, reserved: 0 });
  });

  test("without a known cost what was reserved is booked, and nothing when nothing was", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("held", 20 * CENT));
    ledger.settle(taskOf("held"), [settlement(null)]);
    ledger.settle(taskOf("free"), [settlement(null)]);
    expect(sums(ledger)).toMatchObject({ spent: 20 * CENT, reserved: 0 });
  });

  test("a vendor that counts more than was reserved is booked truly and told of", () => {
    const { ledger, overruns } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("t", 90 * CENT));
    ledger.settle(taskOf("t"), [settlement(120 * CENT)]);
    expect(sums(ledger)).toEqual({ spent: 120 * CENT, reserved: 0, remaining: 0 });
    expect(overruns).toEqual([[90 * CENT, 120 * CENT]]);
  });

  test("of a task that is over lets go of what is held for attempts that never began, and of nothing else", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    for (const attempt of [1, 2]) ledger.reserve(ask("t", 10 * CENT, { attempt }));
    ledger.reserve(ask("t", 20 * CENT, { hash: "other" }));
    ledger.reserve(ask("u", 30 * CENT));
    ledger.settle(taskOf("t"), [settlement(CENT)]);
    expect(sums(ledger)).toMatchObject({ spent: CENT, reserved: 60 * CENT });
    ledger.settle(taskOf("t"), [settlement(CENT)], true);
    expect(sums(ledger)).toMatchObject({ spent: CENT, reserved: 50 * CENT });
  });

  test("without any budget takes two row writes, and none before something is booked", () => {
    const { ledger, sql } = newBooks();
    expect(ledger.hasBudgets).toBe(false);
    expect(ledger.budgets()).toEqual([]);
    ledger.release(ask("t", CENT));
    expect(ledger.nextDue).toBeUndefined();
    expect(sql.tables).toEqual([]);
    ledger.settle(taskOf("t"), [settlement(CENT)]);
    const before = sql.writes;
    ledger.settle(taskOf("u"), [settlement(CENT)]);
    // The entry; and its place in the index by time.
    expect(sql.writes - before).toBe(1);
  });
});

describe("a budget that is made later", () => {
  test("knows what was spent and is held in its period, of those it is about", () => {
    const { ledger } = newBooks();
    ledger.settle(taskOf("today"), [settlement(3 * CENT)]);
    ledger.settle(taskOf("yesterday"), [settlement(5 * CENT, { at: NOON - DAY })]);
    ledger.settle(taskOf("last month"), [settlement(7 * CENT, { at: NOON - 20 * DAY })]);
    ledger.settle(taskOf("others", { agent: "writer", key_id: "key-2" }), [settlement(11 * CENT)]);
    ledger.reserve(ask("runs", 13 * CENT));
    const whose = { scope: "agent", subject: "coder" } as const;
    const spent = (["day", "month", "total"] as const).map((period) => {
      ledger.put(period, { ...DOLLAR, ...whose, period });
      return sums(ledger, period);
    });
    expect(spent).toMatchObject([{ spent: 3 * CENT }, { spent: 8 * CENT }, { spent: 15 * CENT }]);
    expect(spent.map(({ reserved }) => reserved)).toEqual([13 * CENT, 13 * CENT, 13 * CENT]);
    ledger.put("key", { ...DOLLAR, scope: "key", subject: "key-2" });
    expect(sums(ledger, "key").spent).toBe(11 * CENT);
  });

  test("survives the loss of everything in memory", () => {
    const { ledger, reopened } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("t", 50 * CENT));
    expect(reopened().budgets()).toEqual(ledger.budgets());
    expect(reopened().reserve(ask("u", 51 * CENT))).toMatchObject({ kind: "over", remaining: 50 * CENT });
  });

  test("that is changed measures anew, and one whose limit was lowered stops new reservations only", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("t", 50 * CENT));
    expect(ledger.put("b", { ...DOLLAR, limit: 0.2 })).toMatchObject({ kind: "saved", isNew: false });
    expect(ledger.reserve(ask("u", 1))).toMatchObject({ kind: "over", remaining: 0 });
    ledger.settle(taskOf("t"), [settlement(19 * CENT)]);
    expect(ledger.reserve(ask("u", CENT))).toMatchObject(GRANTED);
  });

  test("and taken away stops nothing; made again it knows all", () => {
    const { ledger } = newBooks();
    ledger.put("b", DOLLAR);
    ledger.reserve(ask("t", 50 * CENT));
    expect([ledger.delete("b"), ledger.delete("b"), ledger.hasBudgets]).toEqual([true, false, false]);
    ledger.settle(taskOf("t"), [settlement(30 * CENT)]);
    ledger.put("b", DOLLAR);
    expect(sums(ledger)).toMatchObject({ spent: 30 * CENT, reserved: 0 });
  });

  test("is the last of a hundred", () => {
    const { ledger } = newBooks();
    for (let count = 0; count < 100; count += 1) ledger.put(`b${count}`, DOLLAR);
    expect(ledger.put("b100", DOLLAR)).toEqual({ kind: "full", most: 100 });
    expect(ledger.put("b99", { ...DOLLAR, limit: 2 })).toMatchObject({ kind: "saved" });
  });
});

describe("periods", () => {
  test("a new day begins with nothing spent, and what was reserved before counts in its own", () => {
    const { ledger, clock } = newBooks();
    ledger.put("b", { ...DOLLAR, period: "day" });
    ledger.put("m", { ...DOLLAR, period: "month" });
    ledger.reserve(ask("t", 90 * CENT));
    clock.now += DAY;
    expect(sums(ledger)).toEqual({ spent: 0, reserved: 0, remaining: 100 * CENT });
    ledger.settle(taskOf("t"), [settlement(80 * CENT, { at: clock.now })]);
    expect(sums(ledger)).toMatchObject({ spent: 0, reserved: 0 });
    expect(sums(ledger, "m")).toMatchObject({ spent: 80 * CENT, reserved: 0 });
  });

  test("what is booked in the first moment of a period is counted once", () => {
    const { ledger, clock } = newBooks();
    ledger.put("b", { ...DOLLAR, period: "day" });
    clock.now += DAY;
    ledger.settle(taskOf("t"), [settlement(CENT, { at: clock.now })]);
    expect(sums(ledger).spent).toBe(CENT);
    clock.now += DAY;
    ledger.reserve(ask("u", CENT));
    expect(sums(ledger).reserved).toBe(CENT);
  });
});

describe("alerts", () => {
  test("come once per share and period, and again after the limit was changed", () => {
    const { ledger, clock, alerts } = newBooks();
    ledger.put("b", { ...DOLLAR, period: "day" });
    const spend = (task: string, cents: number) => ledger.settle(taskOf(task), [settlement(cents * CENT, { at: clock.now })]);
    spend("a", 79);
    expect(alerts).toEqual([]);
    for (const task of ["b", "c"]) spend(task, 1);
    expect(alerts).toMatchObject([{ kind: "warning", share: 0.8, at: NOON }]);
    spend("d", 19);
    expect(alerts.slice(1)).toMatchObject([{ kind: "warning", share: 0.95 }, { kind: "exceeded" }]);
    const [view] = ledger.budgets();
    expect(view?.warnings.map(({ at_share }) => at_share)).toEqual([0.8, 0.95]);
    expect(view?.exceeded_at).toBe(new Date(NOON).toISOString());
    clock.now += DAY;
    expect(ledger.budgets()[0]).toMatchObject({ warnings: [], exceeded_at: null });
    spend("e", 85);
    expect(alerts).toHaveLength(4);
    ledger.put("b", { ...DOLLAR, period: "day" });
    expect(alerts).toHaveLength(4);
    ledger.put("b", { ...DOLLAR, period: "day", limit: 1.05 });
    expect(alerts).toHaveLength(5);
  });

  test("a budget is exceeded when it first refuses", () => {
    const { ledger, alerts } = newBooks();
    ledger.put("b", DOLLAR);
    for (const task of ["a", "b"]) ledger.reserve(ask(task, 101 * CENT));
    expect(alerts).toMatchObject([{ budget: "b", kind: "exceeded" }]);
  });
});
