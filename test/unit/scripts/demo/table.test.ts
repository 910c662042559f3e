import { describe, expect, test } from "vitest";
import { dollars, table } from "../../../../scripts/demo/table.ts";

describe("table", () => {
  test("columns are as wide as their widest cell, numbers to the right", () => {
    expect(
      table(
        ["name", "n"],
        [
          ["a", "1"],
          ["longer", "200"],
        ],
        ["n"],
      ),
    ).toEqual(["  name      n", "  ──────  ───", "  a         1", "  longer  200"]);
  });
});

describe("dollars", () => {
  test.each([
    [0, "$0.000000"],
    [0.0000014, "$0.000001"],
    [12.5, "$12.500000"],
    [null, "unknown"],
  ])("%s is shown as %s", (amount, text) => expect(dollars(amount)).toBe(text));
});
