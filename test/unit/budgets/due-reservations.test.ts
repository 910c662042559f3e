import { describe, expect, test } from "vitest";
import { ask, DOLLAR, NOON, newBooks, settlement, sums, taskOf } from "./books.ts";

const CENT = 10_000_000;

describe("a reservation whose attempt should have ended", () => {
  const due = () => {
    const books = newBooks();
    books.ledger.put("b", DOLLAR);
    books.ledger.reserve(ask("t", 50 * CENT));
    return books;
  };

  test("is asked about a minute later, and again every minute while there is no answer", () => {
    const { ledger, clock } = due();
    expect(ledger.nextDue).toBe(NOON + 180_000);
    expect(ledger.takeDue(10)).toEqual([]);
    for (let time = 0; time < 3; time += 1) {
      clock.now = ledger.nextDue ?? 0;
      expect(ledger.takeDue(10)).toHaveLength(1);
      expect(ledger.nextDue).toBe(clock.now + 60_000);
      expect(sums(ledger).reserved).toBe(50 * CENT);
    }
  });

  const asked = () => {
    const books = due();
    books.clock.now = NOON + 180_000;
    const [entry] = books.ledger.takeDue(1);
    if (entry === undefined) throw new Error("nothing is due");
    return { ...books, entry };
  };

  test("is held on while its attempt runs", () => {
    const { ledger, clock, entry } = asked();
    ledger.answered(entry, { kind: "running", ends_at: clock.now + 100_000 });
    expect(ledger.nextDue).toBe(clock.now + 160_000);
    expect(sums(ledger).reserved).toBe(50 * CENT);
  });

  test("is settled when the attempt was", () => {
    const { ledger, entry } = asked();
    ledger.answered(entry, { kind: "settled", settlement: settlement(4 * CENT) });
    expect(sums(ledger)).toMatchObject({ spent: 4 * CENT, reserved: 0 });
    expect(ledger.nextDue).toBeUndefined();
  });

  test("is let go when its task does not know it", () => {
    const { ledger, entry } = asked();
    ledger.answered(entry, { kind: "unknown" });
    expect(sums(ledger)).toMatchObject({ spent: 0, reserved: 0 });
  });

  test("is held when it was asked for again while its task answered", () => {
    const { ledger, entry } = asked();
    ledger.reserve(ask("t", 50 * CENT));
    ledger.answered(entry, { kind: "unknown" });
    expect(sums(ledger).reserved).toBe(50 * CENT);
  });

  test("is booked when it is settled after it was let go", () => {
    const { ledger, entry } = asked();
    ledger.answered(entry, { kind: "unknown" });
    ledger.settle(taskOf("t"), [settlement(6 * CENT)]);
    expect(sums(ledger)).toMatchObject({ spent: 6 * CENT, reserved: 0 });
  });
});
