import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exactDollars, shortDollars } from "../../../src/lib/dollar-text.ts";

describe("exactDollars", () => {
  test.each([
    [0, "$0.00"],
    [1, "$0.000000001"],
    [4_213_750, "$0.00421375"],
    [100_000_000, "$0.10"],
    [1_000_000_000, "$1.00"],
    [1_234_567_890_123_456, "$1,234,567.890123456"],
    [-2_500_000_000, "−$2.50"],
    [null, "unknown"],
  ])("of %s nano-dollars are %s", (nanos, text) => {
    expect(exactDollars(nanos)).toBe(text);
  });

  test("keeps every digit of every amount", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (nanos) => {
        const [whole = "", rest = ""] = exactDollars(nanos).replace(/[$,]/g, "").split(".");
        expect(BigInt(whole) * 1_000_000_000n + BigInt(rest.padEnd(9, "0"))).toBe(BigInt(nanos));
        expect(rest.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});

describe("shortDollars", () => {
  test.each([
    [0, "$0.00"],
    [1, "$0.000000001"],
    [4_213_750, "$0.00421"],
    [100_000_000, "$0.10"],
    [99_990_000, "$0.10"],
    [994_000_000, "$0.994"],
    [999_000_000, "$1.00"],
    [12_345_678_900, "$12.35"],
    [1_234_567_890_123, "$1,234.57"],
    [null, "unknown"],
  ])("of %s nano-dollars are %s", (nanos, text) => {
    expect(shortDollars(nanos)).toBe(text);
  });
});
