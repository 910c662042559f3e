import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../src/lib/canonical-json.ts";

/** The same value with the keys of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  const result: { [name: string]: unknown } = Object.create(null);
  for (const [name, member] of Object.entries(value).reverse()) result[name] = reordered(member);
  return result;
}

describe("canonicalJson", () => {
  test("orders keys at every depth and writes no spaces", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x", é: true, B: 1.5 })).toBe(
      '{"B":1.5,"a":"x","b":[{"c":null,"d":1}],"é":true}',
    );
  });

  test("any JSON value reads back as itself, and does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reordered(value))).toBe(text);
      }),
    );
  });

  test("the order of a list is part of the value", () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  test("members that are undefined are left out, as JSON does", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});
