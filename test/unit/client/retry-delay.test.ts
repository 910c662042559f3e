import { describe, expect, test } from "vitest";
import { DeputeError } from "../../../src/client/depute-error.ts";
import { backoffMs, retryDelayMs } from "../../../src/client/retry-delay.ts";

const refused = (status: number, retryAfterMs?: number) => new DeputeError("rate_limited", "no", { status, retryAfterMs });

describe("retryDelayMs", () => {
  test.each([
    ["a lost connection", new DeputeError("unreachable", "gone")],
    ["429", refused(429)],
    ["a proxy's 502", refused(502)],
    ["503", refused(503)],
    ["a proxy's 504", refused(504)],
  ])("%s is worth another try", (_, error) => {
    expect(retryDelayMs(error, 0, 0)).toBe(125);
  });

  test.each([400, 401, 402, 403, 404, 409, 410, 413, 422, 500, 501])("%i is not", (status) => {
    expect(retryDelayMs(refused(status), 0, 0)).toBeUndefined();
  });

  test("never comes sooner than the server asked for, and gives up when that is over a minute", () => {
    expect(retryDelayMs(refused(429, 3_000), 0, 0.5)).toBe(3_000);
    expect(retryDelayMs(refused(503, 10), 3, 0)).toBe(1_000);
    expect(retryDelayMs(refused(429, 60_000), 0, 0)).toBe(60_000);
    expect(retryDelayMs(refused(429, 60_001), 0, 0)).toBeUndefined();
  });
});

describe("backoffMs", () => {
  test("doubles up to eight seconds, half of it random", () => {
    expect([0, 1, 2, 3, 4, 5, 9].map((retry) => backoffMs(retry, 0))).toEqual([125, 250, 500, 1_000, 2_000, 4_000, 4_000]);
    expect(backoffMs(1, 0.5)).toBe(375);
  });
});
