import { describe, expect, test } from "vitest";
import { csvLine } from "../../../src/lib/csv.ts";

describe("csvLine", () => {
  test.each<[unknown, string]>([
    ["plain", "plain"],
    ["", ""],
    [null, ""],
    [undefined, ""],
    [0.5, "0.5"],
    [-7, "-7"],
    [true, "true"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", '"\'\t=1"'],
    ["\r=1", '"\'\r=1"'],
    ["\n=1", '"\'\n=1"'],
    ["＝1+1", "'＝1+1"],
    ["＠SUM(A1)", "'＠SUM(A1)"],
    ["a;=1+1", '"a;=1+1"'],
    ["a\t=1+1", '"a\t=1+1"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ["a=b", "a=b"],
  ])("%j is written as %j", (value, written) => {
    expect(csvLine([value as string])).toBe(`${written}\r\n`);
  });

  test("cells are separated by commas", () => {
    expect(csvLine(["a", null, 1])).toBe("a,,1\r\n");
  });
});
