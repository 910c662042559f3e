import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dollars, nanosOf } from "../../../src/lib/nanos.ts";

describe("dollars", () => {
  test("turns nano-dollars into US dollars", () => {
    expect(dollars(1_000_000_000)).toBe(1);
    expect(dollars(1)).toBe(1e-9);
    expect(dollars(0)).toBe(0);
  });

  test("keeps null, which is not zero", () => {
    expect(dollars(null)).toBeNull();
  });
});

describe("nanosOf", () => {
  test("rounds to the nearest whole nano-dollar", () => {
    expect(nanosOf(0.1 + 0.2)).toBe(300_000_000);
    expect(nanosOf(1.4e-9)).toBe(1);
  });

  test("keeps null, which is not zero", () => {
    expect(nanosOf(null)).toBeNull();
  });

  test("undoes dollars for every amount up to a million dollars", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e15 }), (nanos) => nanosOf(dollars(nanos)) === nanos));
  });
});
