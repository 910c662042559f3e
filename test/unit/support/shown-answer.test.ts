import { describe, expect, test } from "vitest";
import { unlike } from "../../support/shown-answer.ts";

const answer = { id: "a", cost: 0.5, none: 0, text: "Hello there", list: [{ n: 1 }, { n: 2 }], error: null, ok: true };

describe("unlike", () => {
  test("an answer may have more than is shown of it", () => {
    expect(unlike({ id: "a", list: [{ n: 3 }], error: null, ok: true }, answer)).toEqual([]);
    expect(unlike({ text: "…", cost: 9, none: 0 }, answer)).toEqual([]);
    expect(unlike({ text: "Hello…" }, answer)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["another text", { id: "b" }],
    ["another beginning", { text: "Bye…" }],
    ["a number that is 0", { none: 1 }],
    ["0 that is none", { cost: 0 }],
    ["null that is none", { id: null }],
    ["a member that is not there", { other: "…" }],
    ["a list with fewer entries", { list: [{ n: 1 }, { n: 1 }, { n: 1 }] }],
    ["an empty list that is none", { list: [] }],
    ["an object that is none", { id: { n: 1 } }],
    ["another truth", { ok: false }],
  ])("%s is told", (_, shown) => {
    expect(unlike(shown, answer)).toHaveLength(1);
  });
});
