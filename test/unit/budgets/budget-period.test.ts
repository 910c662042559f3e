import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BUDGET_PERIODS, periodEnd, periodStart } from "../../../src/budgets/budget-period.ts";

const at = (iso: string): number => Date.parse(iso);

describe("periods", () => {
  test.each([
    ["day", "2026-11-22T23:59:59.999Z", "2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ["day", "2026-11-22T00:00:00.000Z", "2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ["month", "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["month", "2028-02-29T12:00:00.000Z", "2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
  ] as const)("the %s of %s", (period, moment, start, end) => {
    expect(periodStart(period, at(moment))).toBe(at(start));
    expect(periodEnd(period, at(start))).toBe(at(end));
  });

  test("each moment is in exactly one: a period ends where the next one begins", () => {
    const moment = fc.integer({ min: at("2020-01-01"), max: at("2100-01-01") });
    fc.assert(
      fc.property(fc.constantFrom(...BUDGET_PERIODS), moment, (period, now) => {
        const start = periodStart(period, now);
        const end = periodEnd(period, start);
        expect(now >= start && now < end).toBe(true);
        if (period !== "total") expect(periodStart(period, end)).toBe(end);
      }),
    );
  });
});
