import { describe, expect, test } from "vitest";
import { Lanes } from "../../../src/webhooks/lanes.ts";

const SECOND = 1_000;

/** The turns, in seconds from `now`, of so many who find all five lanes taken since `began`. */
function turnsOf(lanes: Lanes, count: number, { began, now }: { began: number; now: number }): number[] {
  for (let lane = 0; lane < 5; lane += 1) expect(lanes.enter("t", began)).toBe(true);
  expect(lanes.enter("t", now)).toBe(false);
  return Array.from({ length: count }, () => (lanes.nextTurn("t", now) - now) / SECOND);
}

describe("a target's lanes", () => {
  test("are five, and each that is left is free again, whatever others have", () => {
    const lanes = new Lanes();
    turnsOf(lanes, 0, { began: 0, now: 0 });
    expect(lanes.enter("other", 0)).toBe(true);
    lanes.leave("t", 0, SECOND);
    expect([lanes.enter("t", SECOND), lanes.enter("t", SECOND)]).toEqual([true, false]);
  });

  test("give turns as far apart as attempts that hang make room, five minutes away at most", () => {
    const turns = turnsOf(new Lanes(), 200, { began: 0, now: 15 * SECOND });
    expect(turns.slice(0, 4)).toEqual([20, 23, 26, 29]);
    expect(Math.max(...turns)).toBe(300);
  });

  test("give turns close together while attempts are fast: a burst of 200 is back within half a minute", () => {
    expect(Math.max(...turnsOf(new Lanes(), 200, { began: 0, now: 200 }))).toBeLessThan(30);
  });

  test("go by the last attempt when nothing runs any more", () => {
    const lanes = new Lanes();
    turnsOf(lanes, 1, { began: 0, now: 12 * SECOND });
    for (let lane = 0; lane < 5; lane += 1) lanes.leave("t", 0, 15 * SECOND);
    const [first, second] = [lanes.nextTurn("t", 15 * SECOND), lanes.nextTurn("t", 15 * SECOND)];
    expect(second - first).toBe(3 * SECOND);
  });

  test("keep giving later turns to those who come one by one", () => {
    const lanes = new Lanes();
    turnsOf(lanes, 0, { began: 0, now: 0 });
    const waits = Array.from({ length: 60 }, (_, index) => {
      const now = 15 * SECOND + index * SECOND;
      return (lanes.nextTurn("t", now) - now) / SECOND;
    });
    expect(waits[0]).toBe(20);
    expect(waits[59]).toBeGreaterThan(60);
  });

  test("forget the past when all that waited have had their turns", () => {
    const lanes = new Lanes();
    turnsOf(lanes, 200, { began: 0, now: 15 * SECOND });
    for (let lane = 0; lane < 5; lane += 1) lanes.leave("t", 0, 400 * SECOND);
    expect(turnsOf(lanes, 1, { began: 400 * SECOND, now: 400 * SECOND })).toEqual([20]);
  });
});
