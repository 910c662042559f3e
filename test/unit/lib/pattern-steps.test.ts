import { describe, expect, test } from "vitest";
import { patternSteps } from "../../../src/lib/pattern-steps.ts";

const TESTED = 1e8;

describe("patternSteps", () => {
  test.each([
    ["^\\d{4}-\\d{2}-\\d{2}$", 10],
    ["^[a-z0-9]+(?:-[a-z0-9]+)*$", 100],
    ["^(?:[a-z]+\\.)*[a-z]+$", 100],
    ["^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", 100],
    ["^#(?:[0-9a-f]{3}){1,2}$", 7],
    ["^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$", 36],
    ["^(?:GET|POST|PUT)$", 5],
    ["^.{1,80}$", 10_000],
    ["\\p{Lu}\\u{1F600}[^\\]]", 10_000],
    ["^\\+?[1-9]\\d{1,14}$", 1_000],
    ["\\bword\\b", 100_000],
  ])("%s is cheap on %i characters", (pattern, length) => {
    expect(patternSteps(pattern)(length)).toBeLessThan(TESTED);
  });

  test.each([
    ["^(a+)+$", 40],
    ["^(a*)*$", 40],
    ["^(?:a|a)*$", 40],
    ["^(?:a?){40}a{40}$", 40],
    ["^(?:.-)*(?:.-)*(?:.-)*(?:.-)*$", 1_000],
    ["^(?:-[a-z]+[a-z]+)*$", 40],
    ["^(?:-[a-z-]+)*$", 40],
    ["^(?:.\\d+)*$", 40],
    ["(?:(?:a{0,10}){0,10}){0,10}", 40],
    ["\\s+$", 100_000],
    ["(?<x>a)\\k<x>", 1],
    ["(a)\\1", 1],
    ["^(?i:a[A-Z]+)*$", 1],
    ["^(?:\\d[a-z]+)*$", 40],
    ["^(?:$[a-z]+)*$", 40],
    ["(?<!a)b", 1],
    ["a{5000}", 100_000],
  ])("%s may be dear on %i characters", (pattern, length) => {
    expect(patternSteps(pattern)(length)).toBeGreaterThan(TESTED);
  });

  test("grows with the text as the choices in the pattern do", () => {
    const growth = (pattern: string) => Math.round(Math.log10(patternSteps(pattern)(1e5) / patternSteps(pattern)(1e4)));
    expect(["^abc$", "^a*$", "a*", "^a*b*$", "a*b*c*", "^a{2}$"].map(growth)).toEqual([0, 1, 2, 2, 4, 0]);
  });
});
