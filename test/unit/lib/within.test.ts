import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { within } from "../../../src/lib/within.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("within resolves with the work when that is done in time, and leaves no timer behind", async () => {
  await within(1_000, Promise.resolve());
  expect(vi.getTimerCount()).toBe(0);
});

test("within resolves at the limit when the work goes on", async () => {
  const done = vi.fn();
  const waiting = within(1_000, new Promise(() => undefined)).then(done);
  await vi.advanceTimersByTimeAsync(999);
  expect(done).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  expect(done).toHaveBeenCalledOnce();
});
