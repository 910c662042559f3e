import { describe, expect, test } from "vitest";
import type { TestModule } from "vitest/node";
import { countLines } from "../../../scripts/test-counts.ts";

type State = "passed" | "failed" | "skipped" | "pending";

/** What of a module is read. */
function module(project: string, states: State[], state: "passed" | "failed" = "passed"): TestModule {
  const tests = states.map((each) => ({ result: () => ({ state: each }) }));
  return { project: { name: project }, state: () => state, children: { allTests: () => tests } } as unknown as TestModule;
}

describe("countLines", () => {
  test("adds up each project's files, and all of them on the last line", () => {
    const modules = [
      module("unit", ["passed", "passed"]),
      module("e2e", ["passed"]),
      module("unit", ["passed", "failed"], "failed"),
    ];
    expect(countLines(modules, 0)).toEqual(["unit: 3 passed, 1 failed", "e2e: 1 passed, 0 failed", "4 passed, 1 failed"]);
  });

  test("a file that could not be loaded is a failure", () => {
    expect(countLines([module("unit", [], "failed"), module("unit", ["passed"])], 0).at(-1)).toBe("1 passed, 1 failed");
  });

  test("a test that was never run to its end is a failure, also when its file is given up", () => {
    expect(countLines([module("unit", ["passed", "pending"], "failed")], 0).at(-1)).toBe("1 passed, 1 failed");
  });

  test("an error outside of tests is a failure", () => {
    expect(countLines([module("unit", ["passed"])], 2)).toEqual([
      "unit: 1 passed, 0 failed",
      "outside of tests: 2 failed",
      "1 passed, 2 failed",
    ]);
  });

  test("skipped tests are said", () => {
    expect(countLines([module("unit", ["passed", "skipped"])], 0).at(-1)).toBe("1 passed, 0 failed, 1 skipped");
  });

  test("without any test nothing passed", () => {
    expect(countLines([], 0)).toEqual(["0 passed, 0 failed"]);
  });
});
