import { describe, expect, test } from "vitest";
import { fitsStrictMode } from "../../../src/providers/openai-json.ts";

const text = { type: "string" };
const closed = (properties: object, more: object = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

describe("fitsStrictMode", () => {
  test.each([
    ["an object that is closed and requires all", closed({ a: text })],
    ["an empty closed object", closed({})],
    [
      "arrays and choices of closed objects",
      closed({ a: { type: "array", items: closed({ b: text }) }, c: { anyOf: [text, closed({})] } }),
    ],
    ["an optional value written as a nullable one", closed({ a: { type: ["string", "null"] } })],
    ["closed definitions", closed({ a: { $ref: "#/$defs/b" } }, { $defs: { b: closed({ c: text }) } })],
    ["a property named like a refused keyword", closed({ not: text, items: text })],
  ])("takes %s", (_what, schema) => {
    expect(fitsStrictMode(schema)).toBe(true);
  });

  test.each([
    ["a root that is no object", { type: "array", items: text }],
    ["a root without a type", { anyOf: [closed({})] }],
    ["an open object", { type: "object", properties: { a: text }, required: ["a"] }],
    ["an object whose extra properties have a schema", closed({ a: text }, { additionalProperties: text })],
    ["an object without properties", { type: "object", additionalProperties: false, required: [] }],
    ["an optional property", closed({ a: text, b: text }, { required: ["a"] })],
    ["no required list", closed({ a: text }, { required: undefined })],
    ["an open object in a property", closed({ a: { type: "object" } })],
    ["an open object that may be null", closed({ a: { type: ["object", "null"], properties: { b: text } } })],
    ["an open object without a type", closed({ a: { properties: { b: text } } })],
    ["an open object in an array", closed({ a: { type: "array", items: { type: "object" } } })],
    ["an open object in a choice", closed({ a: { anyOf: [{ type: "object" }] } })],
    ["an open object in the definitions", closed({ a: text }, { $defs: { b: { type: "object" } } })],
    ["a refused keyword", closed({ a: { allOf: [text] } })],
    ["a schema that is true", closed({ a: true })],
  ])("leaves out %s", (_what, schema) => {
    expect(fitsStrictMode(schema)).toBe(false);
  });
});
