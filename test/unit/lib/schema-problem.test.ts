import { describe, expect, test } from "vitest";
import { schemaProblem } from "../../../src/lib/schema-problem.ts";

const at = (a: unknown, more: object = {}) => ({ type: "object", properties: { a }, ...more });
const doubling = (levels: number) =>
  Object.fromEntries(
    Array.from({ length: levels }, (_, level) => {
      const next = { $ref: `#/$defs/d${level + 1}` };
      return [`d${level}`, level === levels - 1 ? { type: "string" } : { anyOf: [next, next] }];
    }),
  );

describe("schemaProblem", () => {
  test.each<[string, object]>([
    [
      "every keyword of the usual kind",
      at({ type: ["string", "null"], minLength: 1, pattern: "^a", format: "date", description: "x" }),
    ],
    ["booleans for schemas", at(true, { additionalProperties: false })],
    ["a value of any kind for keywords it does not know", at({ "x-order": { $ref: 7 }, example: { pattern: "(" }, default: 1 })],
    [
      "properties named like keywords",
      at({ type: "object", properties: { type: {}, $ref: { type: "string" }, enum: {}, id: {} } }),
    ],
    ["a tree that refers to itself one level down", at({ type: "array", items: { $ref: "#" } })],
    ["a reference to a definition with any name", at({ $ref: "#/$defs/a~1b%20c" }, { $defs: { "a/b c": {} } })],
    ["lists of items and of names", at({ items: [{}, {}], dependencies: { b: ["c"], d: { required: ["e"] } } })],
    ["references shared by many", at({ $ref: "#/$defs/d0" }, { $defs: doubling(10) })],
  ])("takes %s", (_what, schema) => {
    expect(schemaProblem({ ...schema })).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ["an unknown type", { type: "strng" }, "is not a JSON Schema at /properties/a/type: Instance does not match any of"],
    ["a schema that is none", 7, "is not a JSON Schema at /properties/a: "],
    ["choices that are no list", { enum: 5 }, "/properties/a/enum: "],
    ["names that are no list", { required: "b" }, "/properties/a/required: "],
    ["an empty choice", { anyOf: [] }, "/properties/a/anyOf: "],
    [
      "a broken schema deep inside",
      { items: { anyOf: [{ not: { minimum: "1" } }] } },
      "/properties/a/items/anyOf/0/not/minimum: ",
    ],
    ["a multiple of nothing", { multipleOf: 0 }, "/properties/a/multipleOf: "],
    ["a pattern that is none", { pattern: "(" }, '/properties/a: is not a regular expression of ECMAScript: "("'],
    [
      "a pattern of names that is none",
      { patternProperties: { "[": {} } },
      '/properties/a: is not a regular expression of ECMAScript: "["',
    ],
    ["a reference to elsewhere", { $ref: "https://example.com/s.json" }, "/properties/a: $ref has to be the JSON Pointer"],
    ["a reference to a file", { $ref: "other.json#/a" }, "/properties/a: $ref has to be"],
    ["a reference to nothing", { $ref: "#/$defs/b" }, "/properties/a: $ref has to be"],
    ["a reference by anchor", { $ref: "#b" }, "/properties/a: $ref has to be"],
    ["a reference that is broken", { $ref: "#/%" }, "/properties/a: $ref has to be"],
    ["a dynamic reference", { $dynamicRef: "#b" }, "/properties/a/$dynamicRef: It is not allowed."],
  ])("refuses %s", (_what, part, problem) => {
    expect(schemaProblem(at(part))).toContain(problem);
  });

  test.each([
    ["itself", { $ref: "#/properties/a" }],
    ["itself through a choice", { anyOf: [{ type: "string" }, { not: { $ref: "#/properties/a" } }] }],
  ])("refuses a schema that refers to %s for the same value", (_what, part) => {
    expect(schemaProblem(at(part))).toBe("has a schema that refers to itself for the same value");
  });

  test("refuses references that double with each step, at once", () => {
    expect(schemaProblem(at({ $ref: "#/$defs/d0" }, { $defs: doubling(60) }))).toBe(
      "holds more than 10,000 schemas against one value",
    );
  });

  test("says it in a few words, whatever the schema says", () => {
    expect(schemaProblem(at({ pattern: `(${"x".repeat(9_000)}` }))?.length).toBeLessThanOrEqual(300);
    expect(schemaProblem(at({ type: "x".repeat(9_000) }))?.length).toBeLessThanOrEqual(300);
  });
});
