import { describe, expect, test } from "vitest";
import { nextAttemptAt, RETRY_DELAYS_MS, retryAfterMs } from "../../../src/webhooks/retry-schedule.ts";

const NOW = 1_000_000;
const middle = (failures: number, retryAfterMs?: number) => nextAttemptAt(failures, { now: NOW, random: 0.5, retryAfterMs });

describe("nextAttemptAt", () => {
  test("is 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h after each failure, and then never", () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7].map((failures) => ((middle(failures) ?? 0) - NOW) / 60_000);
    expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 600]);
    expect(middle(RETRY_DELAYS_MS.length + 1)).toBeUndefined();
  });

  test("is a tenth earlier or later, by chance", () => {
    expect(nextAttemptAt(2, { now: NOW, random: 0 })).toBe(NOW + 270_000);
    expect(nextAttemptAt(2, { now: NOW, random: 0.999999 })).toBe(NOW + 330_000);
  });

  test("is not before what the receiver asked for, up to a day", () => {
    expect(middle(1, 60_000)).toBe(NOW + 60_000);
    expect(middle(2, 60_000)).toBe(NOW + 300_000);
    expect(middle(1, 1e12)).toBe(NOW + 24 * 3_600_000);
  });
});

describe("retryAfterMs", () => {
  test.each([
    ["120", 120_000],
    [" 5 ", 5_000],
    ["0", 0],
    ["Thu, 01 Jan 1970 00:17:40 GMT", 60_000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["soon", undefined],
    ["99999999999999", undefined],
    [null, undefined],
  ])("of %j is %s", (header, ms) => expect(retryAfterMs(header, NOW)).toBe(ms));
});
