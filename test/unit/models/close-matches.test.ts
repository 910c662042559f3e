import { describe, expect, test } from "vitest";
import { closeMatches } from "../../../src/models/close-matches.ts";

const names = ["claude-opus-5-5", "claude-sonnet-5-5", "gpt-6.1-terra", "gpt-4", "local/llama3"];

describe("closeMatches", () => {
  test("puts the nearest name first", () => {
    expect(closeMatches("claude-opus-5.5", names)[0]).toBe("claude-opus-5-5");
    expect(closeMatches("gpt-6-terra", names)[0]).toBe("gpt-6.1-terra");
  });

  test("does not care about upper case", () => {
    expect(closeMatches("GPT-4", names)).toContain("gpt-4");
  });

  test("finds nothing for a name that is like none", () => {
    expect(closeMatches("something-else-entirely", names)).toEqual([]);
    expect(closeMatches("", names)).toEqual([]);
  });

  test("gives at most as many as asked for", () => {
    expect(closeMatches("a", ["b", "c", "d", "e"])).toEqual(["b", "c", "d"]);
    expect(closeMatches("a", ["b", "c"], 1)).toEqual(["b"]);
  });

  test("answers a very long name at once", () => {
    expect(closeMatches("x".repeat(10_000), names)).toEqual([]);
  });
});
