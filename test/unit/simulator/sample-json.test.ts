import { describe, expect, test } from "vitest";
import { z } from "zod";
import { sampleJson } from "../../../simulator/sample-json.ts";

const SCHEMAS: readonly [what: string, schema: z.core.JSONSchema.JSONSchema][] = [
  ["a string with a length", { type: "string", minLength: 10, maxLength: 12 }],
  ["a date", { type: "string", format: "date" }],
  ["an integer in a range", { type: "integer", minimum: 5, maximum: 9 }],
  ["a number above a bound", { type: "number", exclusiveMinimum: 3 }],
  ["a number below zero", { type: "number", maximum: -2 }],
  ["a boolean", { type: "boolean" }],
  ["null", { type: "null" }],
  ["a constant", { const: 7 }],
  ["one of some words", { enum: ["red", "green"] }],
  ["a list of at least three", { type: "array", minItems: 3, items: { type: "integer" } }],
  ["a list that may hold nothing", { type: "array", maxItems: 0, items: { type: "integer" } }],
  ["one of several types", { type: ["string", "null"] }],
  ["a choice", { anyOf: [{ type: "string" }, { type: "integer" }] }],
  ["a choice of exactly one", { oneOf: [{ type: "integer" }, { type: "string" }] }],
  [
    "an object",
    {
      type: "object",
      properties: {
        name: { type: "string" },
        tags: { type: "array", items: { type: "string" } },
        deep: { type: "object", properties: {} },
      },
      required: ["name", "tags"],
      additionalProperties: false,
    },
  ],
  [
    "parts that hold together",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { type: "object", properties: { b: { type: "integer" } }, required: ["b"] },
      ],
    },
  ],
  [
    "a reference",
    { $defs: { id: { type: "integer" } }, type: "object", properties: { id: { $ref: "#/$defs/id" } }, required: ["id"] },
  ],
];

describe("sampleJson", () => {
  test.each(SCHEMAS)("makes %s that fits", (_, schema) => {
    const sample = sampleJson(schema);
    expect(z.fromJSONSchema(schema).safeParse(sample).error).toBeUndefined();
  });

  test("fills in properties that may be left out", () => {
    expect(sampleJson({ type: "object", properties: { may: { type: "boolean" } } })).toEqual({ may: true });
  });

  test("ends a schema that refers to itself", () => {
    const tree = { $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } }, $ref: "#/$defs/node" };
    expect(JSON.stringify(sampleJson(tree)).length).toBeLessThan(1_000);
  });

  test("reads the upper-case type words of the OpenAPI subset", () => {
    expect(sampleJson({ type: "OBJECT", properties: { n: { type: "INTEGER" } } })).toEqual({ n: 1 });
  });
});
