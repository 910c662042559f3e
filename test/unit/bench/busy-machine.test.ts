import { expect, test } from "vitest";
import { busyText } from "../../bench/busy-machine.ts";

test("nothing is said of a machine that was left alone", () => {
  expect(busyText(2, 0.4, [0, 0.2, null])).toBeNull();
  expect(busyText(2, 0, [])).toBeNull();
});

test("programs beside the measurement are told, the busiest part of it", () => {
  expect(busyText(2, 0, [0.1, 0.734, null])).toContain("up to 0.73 of 2 cores");
});

test("a load from before the measurement is told", () => {
  expect(busyText(2, 3.5, [])).toContain("load 3.50 at the start");
});
