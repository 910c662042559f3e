import { describe, expect, test } from "vitest";
import { bareReport, reportOf } from "../../../src/delegations/task-report.ts";
import { DELEGATION_EXAMPLE } from "../../../src/http/delegation-example.ts";
import { utf8Length } from "../../../src/lib/utf8.ts";

const reported = (output: string | null, output_data: unknown = null) =>
  reportOf({ ...DELEGATION_EXAMPLE, output, output_data: output_data as null });

describe("reportOf", () => {
  test("is the delegation without its prompt", () => {
    const { prompt: _, ...rest } = DELEGATION_EXAMPLE;
    expect(reportOf(DELEGATION_EXAMPLE)).toEqual({ ...rest, output_truncated: false });
  });

  test.each([
    ["ASCII that just fits", "x".repeat(16_384), 16_384, false],
    ["one more", "x".repeat(16_385), 16_384, true],
    ["two bytes a character", "é".repeat(10_000), 16_384, true],
    ["characters that do not divide the limit", "\u{1f600}".repeat(5_000), 16_384, true],
    ["three bytes a character", "€".repeat(6_000), 16_383, true],
  ])("of %s keeps as many whole characters as fit", (_title, output, bytes, isCut) => {
    const report = reported(output, { a: 1 });
    expect(utf8Length(report.output ?? "")).toBe(bytes);
    expect(output.startsWith(report.output ?? "-")).toBe(true);
    expect(report.output?.isWellFormed()).toBe(true);
    expect(report).toMatchObject({ output_truncated: isCut, output_data: isCut ? null : { a: 1 } });
  });

  test("of a task without an answer has none", () => {
    expect(reported(null)).toMatchObject({ output: null, output_truncated: false });
  });
});

describe("bareReport", () => {
  test("keeps the books and no text", () => {
    const error = { code: "timeout", message: "SECRET" };
    const report = bareReport(reportOf({ ...DELEGATION_EXAMPLE, output: "SECRET", error, properties: { a: "SECRET" } }));
    expect(JSON.stringify(report)).not.toContain("SECRET");
    const { status, cost_nanos, tokens_used } = DELEGATION_EXAMPLE;
    expect(report).toMatchObject({ status, cost_nanos, tokens_used, error: { code: "timeout" } });
  });
});
