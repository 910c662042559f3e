import { format, type Schema, Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { misfit } from "../../../src/lib/fits-schema.ts";

/** A schema of an object with this at `a`. */
const at = (a: unknown) => ({ type: "object", properties: { a } });

describe("misfit", () => {
  test.each<[object, unknown]>([
    [{ type: "integer" }, 1.0],
    [{ type: ["string", "null"] }, null],
    [{ enum: ["x", { b: [1] }] }, { b: [1] }],
    [{ const: null }, null],
    [{ type: "object", required: ["constructor"] }, { constructor: 1 }],
    [{ type: "object", patternProperties: { "^x": { type: "string" } }, additionalProperties: false }, { xa: "1" }],
    [{ pattern: "^[a-z]+(?:-[a-z]+)*$" }, "a-b-c"],
    [{ format: "date" }, "2026-11-22"],
    [{ format: "uri" }, "no address"],
    [{ format: "toString" }, "x"],
    [{ anyOf: [{ type: "string" }, { $ref: "#" }] }, { a: "deep" }],
    [{ $ref: "#/properties/a/$defs/b~1c", $defs: { "b/c": { minimum: 1 } } }, 1],
  ])("finds that %j holds for %j", (schema, value) => {
    expect(misfit({ a: value }, at(schema))).toBeUndefined();
  });

  test.each<[object | boolean, unknown, string]>([
    [{ type: "integer" }, 1.5, '/a: Instance type "number" is invalid. Expected "integer".'],
    [{ items: { type: "string" } }, ["x", 1], '/a/1: Instance type "number" is invalid. Expected "string".'],
    [{ required: ["b"] }, {}, '/a: Instance does not have required property "b".'],
    [{ additionalProperties: false }, { "b/c": 1 }, "/a/b~1c: It is not allowed."],
    [false, 1, "/a: It is not allowed."],
    [{ required: ["toString"] }, {}, '/a: Instance does not have required property "toString".'],
    [{ anyOf: [{ type: "string" }, { minimum: 2 }] }, 1, "/a: Instance does not match any subschemas."],
    [{ pattern: "^[a-z]+$" }, "A", '/a: String does not match pattern "^[a-z]+$".'],
    [
      { patternProperties: { "^x": { type: "string" } } },
      { xa: 1 },
      '/a/xa: Instance type "number" is invalid. Expected "string".',
    ],
    [{ propertyNames: { pattern: "^x" } }, { y: 1 }, '/a/y: String does not match pattern "^x".'],
    [{ format: "date-time" }, "yesterday", '/a: String does not match format "date-time".'],
    [{ $ref: "#/$defs/b" }, 1, '/a: Instance type "number" is invalid. Expected "string".'],
  ])("tells why %j does not hold for %j", (schema, value, expected) => {
    expect(misfit({ a: value }, { ...at(schema), $defs: { b: { type: "string" } } })).toBe(expected);
  });

  test("tells what is wrong with the whole", () => {
    expect(misfit([], { type: "object" })).toBe('the whole: Instance type "array" is invalid. Expected "object".');
  });

  test("quotes 200 characters at most, of names and of expectations", () => {
    const names = misfit({ ["n".repeat(500)]: 1 }, { type: "object", additionalProperties: { type: "string" } });
    const expectations = misfit({ a: 1 }, at({ enum: ["x".repeat(500)] }));
    expect([names?.length, expectations?.length]).toEqual([200, 200]);
  });

  test("leaves the schema and the validator as they were", () => {
    const schema = at({ pattern: "^a", patternProperties: { b: {} }, $ref: "#/$defs/c" });
    const before = [JSON.stringify(schema), Object.keys(format).join()];
    misfit({ a: "b" }, { ...schema, $defs: { c: {} } });
    expect([JSON.stringify(schema), Object.keys(format).join()]).toEqual(before);
    expect(Reflect.ownKeys(schema.properties.a as object)).toEqual(["pattern", "patternProperties", "$ref"]);
  });
});

describe("misfit and what could take for ever", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const tooMuch = "it cannot be verified: it takes too much work";
  const nested = (levels: number): unknown => numbers(levels).reduce<unknown>((inner) => ({ a: inner }), 1);

  test.each<[string, unknown, unknown]>([
    ["branches that double with each level", { anyOf: [{ $ref: "#" }, { $ref: "#" }] }, nested(40)],
    ["a value that is nested deeper than the stack", { anyOf: [{ type: "integer" }, { $ref: "#" }] }, nested(190)],
    ["many items that all have to differ", { uniqueItems: true }, numbers(80_000)],
    [
      "a long text that is measured again and again",
      { allOf: numbers(3_000).map(() => ({ minLength: 1 })) },
      "x".repeat(500_000),
    ],
    ["a long list of choices for a long list", { items: { enum: [...numbers(10_000), "x"] } }, numbers(100_000).map(() => "x")],
  ])("%s is given up soon", (_what, schema, value) => {
    const begun = performance.now();
    const found = misfit({ a: value }, at(schema));
    expect([undefined, tooMuch]).toContain(found);
    expect(performance.now() - begun).toBeLessThan(60_000);
  });

  test.each([
    ["^(a+)+$", "a".repeat(60)],
    ["^(a|a)*$", "a".repeat(60)],
    ["a*a*a*a*b", "a".repeat(100_000)],
    ["^(?=(a+))\\1+$", "a".repeat(60)],
    ["(?:a{0,100}){0,100}!", "a".repeat(60)],
  ])("the pattern %s is not tested on a text that it could take too long on", (pattern, text) => {
    expect(misfit({ a: `${text}?` }, at({ pattern }))).toBeUndefined();
    expect(
      misfit({ [`${text}?`]: 1 }, { type: "object", patternProperties: { [pattern]: false }, additionalProperties: false }),
    ).toBeUndefined();
  });

  test("a large answer of the usual kind is verified", () => {
    const row = {
      type: "object",
      properties: { id: { type: "integer" }, name: { type: "string", maxLength: 20 } },
      required: ["id", "name"],
    };
    const rows = numbers(20_000).map((id) => ({ id, name: `row ${id}` }));
    expect(misfit({ a: rows }, at({ type: "array", items: row }))).toBeUndefined();
    expect(misfit({ a: [...rows, { id: 1 }] }, at({ type: "array", items: row }))).toContain("/a/20000");
  });
});

describe("misfit beside the validator on its own", () => {
  const text = fc.constantFrom("a", "b", "ab", "x-1", "");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, 1, 2.5),
      text,
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(text, tie("any"), { maxKeys: 3 }),
    ),
  })).any;
  const pattern = fc.constantFrom("^a", "b$", "^[a-z]-\\d$", "^(?:a|b)?$", "");
  const schema = fc.letrec<{ any: unknown; map: unknown; list: unknown }>((tie) => ({
    map: fc.dictionary(text, tie("any"), { maxKeys: 2 }),
    list: fc.array(tie("any"), { minLength: 1, maxLength: 2 }),
    any: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.record(
        {
          type: fc.constantFrom("object", "array", "string", "number", ["string", "null"]),
          pattern,
          minLength: fc.nat(2),
          enum: fc.array(fc.constantFrom("a", 1, null), { minLength: 1 }),
          required: fc.array(text, { maxLength: 1 }),
          $ref: fc.constantFrom("#/$defs/a", "#/$defs/b"),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          properties: tie("map"),
          patternProperties: fc.dictionary(pattern, tie("any"), { maxKeys: 2 }),
          additionalProperties: tie("any"),
          unevaluatedProperties: fc.boolean(),
          propertyNames: tie("any"),
          items: tie("any"),
          uniqueItems: fc.boolean(),
          contains: tie("any"),
          not: tie("any"),
          anyOf: tie("list"),
          oneOf: tie("list"),
          allOf: tie("list"),
          if: tie("any"),
          else: tie("any"),
        },
        { requiredKeys: [] },
      ),
    ),
  })).any;

  test("comes to the same verdict", () => {
    const definitions = {
      $defs: { a: { type: "string", pattern: "^a" }, b: { type: "object", properties: { a: { $ref: "#/$defs/a" } } } },
    };
    const property = fc.property(schema, value, (part, found) => {
      const whole = { type: "object", properties: { v: part }, ...definitions };
      const { valid } = new Validator(structuredClone(whole) as Schema, "2020-12").validate({ v: found });
      expect(misfit({ v: found }, whole) === undefined).toBe(valid);
    });
    fc.assert(property, { numRuns: 3_000 });
  });
});
