import { describe, expect, test } from "vitest";
import type { Progress } from "../../../../scripts/demo/progress.ts";
import { screenFor } from "../../../../scripts/demo/screen.ts";

const tasks: Progress[] = ["one", "second"].map((name) => ({ name, state: "accepted", characters: 0 }));
const moved: Progress = { name: "one", state: "runs", characters: 7 };

function output(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

describe("screenFor", () => {
  test("without a terminal only news is written, a line each, without control characters", () => {
    const out = output(false);
    const screen = screenFor(out, tasks);
    screen.show(moved, undefined);
    screen.show(moved, "runs");
    expect(out.written).toEqual(["  one     runs, 7 characters\n"]);
  });

  test("on a terminal every task has one line, which is rewritten in place", () => {
    const out = output(true);
    const screen = screenFor(out, tasks);
    screen.show(moved, undefined);
    expect(out.written).toEqual([
      "\x1b[2K  one     accepted\n",
      "\x1b[2K  second  accepted\n",
      "\x1b[2A",
      "\x1b[2K  one     runs, 7 characters\n",
      "\x1b[2K  second  accepted\n",
    ]);
  });

  test("a line never wraps, since a wrapped one could not be rewritten", () => {
    const out = output(true, 12);
    screenFor(out, tasks);
    expect(out.written[1]).toBe("\x1b[2K  second  a\n");
  });
});
