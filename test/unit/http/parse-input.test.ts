import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "../../../src/errors.ts";
import { parseInput } from "../../../src/http/parse-input.ts";
import { amountParameter, integerParameter, listParameter, timeParameter } from "../../../src/http/query-parameters.ts";

const Schema = z.strictObject({ name: z.string(), inner: z.strictObject({ count: z.int() }).optional() });

function refusalOf(schema: z.ZodType, value: unknown): AppError {
  try {
    parseInput(schema, value, "body");
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseInput", () => {
  test("gives what the schema makes of it", () => {
    expect(parseInput(z.object({ a: z.string().transform(Number) }), { a: "7" }, "query")).toEqual({ a: 7 });
  });

  test("names every field at fault, dotted, unknown ones one by one", () => {
    const error = refusalOf(Schema, { inner: { count: "x", more: 1 }, extra: 1, other: 2 });
    expect(error.code).toBe("invalid_request");
    expect(error.fields.map(({ path }) => path).toSorted()).toEqual(["extra", "inner.count", "inner.more", "name", "other"]);
  });

  test("tells the first three in its text and how many more there are", () => {
    expect(refusalOf(Schema, { a: 1, b: 2, c: 3, name: "x", d: 4 }).message).toContain("and 1 more");
  });

  test("of alternatives names the fields of the one that is meant, or else all that are allowed", () => {
    const Either = z.strictObject({ either: z.union([z.literal("auto"), z.array(Schema)]) });
    const inside = refusalOf(Either, { either: [{ name: "x" }, { name: 7, extra: 1 }] });
    expect(inside.fields.map(({ path }) => path)).toEqual(["either.1.name", "either.1.extra"]);
    const [outside] = refusalOf(Either, { either: "manual" }).fields;
    expect(outside?.path).toBe("either");
    expect(outside?.message).toMatch(/"auto".*; or .*array/);
  });

  test("does not repeat values, and cuts long names", () => {
    const error = refusalOf(Schema, { name: 7, ["k".repeat(5_000)]: "a secret" });
    expect(JSON.stringify([error.message, error.fields])).not.toContain("a secret");
    expect(error.fields.every(({ path }) => path.length <= 201)).toBe(true);
  });
});

describe("query parameters", () => {
  test.each<[z.ZodType, string, unknown]>([
    [integerParameter(0, 55, ""), "55", 55],
    [amountParameter(""), "0.5", 0.5],
    [timeParameter(""), "2026-11-22T11:30:45.123+01:00", Date.UTC(2026, 10, 22, 10, 30, 45, 123)],
    [listParameter(["a", "b"], ""), "b,a", ["b", "a"]],
    [listParameter(["a", "b"], ""), "b,a,b", ["b", "a"]],
  ])("%# reads %s", (schema, text, value) => {
    expect(schema.parse(text)).toEqual(value);
  });

  test.each<[z.ZodType, string]>([
    [integerParameter(0, 55, ""), "56"],
    [integerParameter(0, 55, ""), "1.5"],
    [integerParameter(0, 55, ""), " 1"],
    [integerParameter(0, 55, ""), "1e1"],
    [integerParameter(0, 55, ""), ""],
    [amountParameter(""), "-0.1"],
    [amountParameter(""), "Infinity"],
    [timeParameter(""), "2026-11-22"],
    [timeParameter(""), "2026-11-22T10:30:45"],
    [listParameter(["a", "b"], ""), "a,,b"],
    [listParameter(["a", "b"], ""), "a, b"],
  ])("%# refuses %j", (schema, text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });
});
