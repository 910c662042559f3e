import { describe, expect, test } from "vitest";
import {
  countsOf,
  nextPhase,
  type Phase,
  phasesOf,
  phasesText,
  sendable,
  statusOf,
} from "../../../src/batches/batch-progress.ts";

const ALL: Phase[] = ["held", "queued", "running", "needs-approval", "completed", "failed", "cancelled"];

describe("phases", () => {
  test("are stored as a letter each and read back", () => {
    expect(phasesText(ALL)).toHaveLength(ALL.length);
    expect(phasesOf(phasesText(ALL))).toEqual(ALL);
  });

  test("are counted under the names of the API", () => {
    const counts = { pending: 2, in_progress: 1, needs_approval: 1, completed: 1, failed: 1, cancelled: 1 };
    expect(countsOf(ALL)).toEqual({ total: 7, ...counts });
    expect(ALL.map(statusOf)).toEqual([
      "pending",
      "pending",
      "in-progress",
      "needs-approval",
      "completed",
      "failed",
      "cancelled",
    ]);
  });
});

describe("nextPhase", () => {
  test.each<[Phase, Parameters<typeof nextPhase>[1], Phase]>([
    ["held", "pending", "running"],
    ["queued", "in-progress", "running"],
    ["queued", "needs-approval", "needs-approval"],
    ["needs-approval", "pending", "running"],
    ["running", "needs-approval", "running"],
    ["needs-approval", "cancelled", "cancelled"],
    ["held", "completed", "completed"],
    ["completed", "pending", "completed"],
    ["failed", "completed", "failed"],
    ["cancelled", "completed", "cancelled"],
  ])("of %s, told %s, is %s", (phase, status, next) => expect(nextPhase(phase, status)).toBe(next));
});

describe("sendable", () => {
  test.each<[Phase[], number | null, number[]]>([
    [["held", "held", "held"], null, [0, 1, 2]],
    [["held", "held", "held"], 2, [0, 1]],
    [["queued", "running", "held"], 2, []],
    [["needs-approval", "running", "held", "held"], 2, [2]],
    [["completed", "failed", "cancelled", "held"], 1, [3]],
    [["running", "running", "running", "held"], 1, []],
  ])("of %j with at most %j is %j", (phases, most, indexes) => expect(sendable(phases, most)).toEqual(indexes));
});
