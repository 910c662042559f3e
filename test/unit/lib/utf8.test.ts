import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Length } from "../../../src/lib/utf8.ts";

describe("utf8Length", () => {
  test.each([
    ["", 0],
    ["abc", 3],
    ["é", 2],
    ["€", 3],
    ["😀", 4],
    ["\ud800", 3],
  ])("of %j is %i", (text, length) => {
    expect(utf8Length(text)).toBe(length);
  });

  test("is what Node counts, for any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => utf8Length(text) === Buffer.byteLength(text, "utf8")));
  });
});
