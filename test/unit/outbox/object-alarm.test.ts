import { describe, expect, test, vi } from "vitest";
import { ObjectAlarm } from "../../../src/outbox/object-alarm.ts";

function alarm() {
  const setAlarm = vi.fn(async (_at: number) => undefined);
  return { setAlarm, alarm: new ObjectAlarm({ setAlarm }), times: () => setAlarm.mock.calls.map(([at]) => at) };
}
const FAR = Date.now() + 1_000_000;

describe("ObjectAlarm", () => {
  test("is set to what is due first, and to nothing when nothing is", () => {
    const { alarm: one, times } = alarm();
    one.arm([null, undefined]);
    one.arm([]);
    expect(times()).toEqual([]);
    one.arm([FAR + 5, null, FAR, undefined]);
    expect(times()).toEqual([FAR]);
  });

  test("is set again only for an earlier time, or after it went off", () => {
    const { alarm: one, times } = alarm();
    one.arm([FAR]);
    one.arm([FAR]);
    one.arm([FAR + 1]);
    expect(times()).toEqual([FAR]);
    one.arm([FAR - 1]);
    one.fired();
    one.arm([FAR]);
    expect(times()).toEqual([FAR, FAR - 1, FAR]);
  });

  test("is never set to a time that has passed", () => {
    const { alarm: one, times } = alarm();
    const before = Date.now();
    one.arm([1]);
    expect(times()[0]).toBeGreaterThanOrEqual(before);
  });
});
