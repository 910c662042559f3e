import { describe, expect, test, vi } from "vitest";
import { describeError, log } from "../../../src/lib/log.ts";

describe("log", () => {
  test.each(["info", "warn", "error"] as const)("%s writes one line of JSON, fields and message", (level) => {
    const written = vi.spyOn(console, level).mockImplementation(() => undefined);
    log[level]({ task_id: "t1", attempts: 2 }, "it happened");
    const lines = written.mock.calls;
    written.mockRestore();
    expect(lines).toEqual([[JSON.stringify({ level, message: "it happened", task_id: "t1", attempts: 2 })]]);
  });
});

describe("describeError", () => {
  test("says class and message of an error and of its causes", () => {
    const cause = new TypeError("no such column");
    expect(describeError(new Error("query failed", { cause }))).toBe(
      "TypeError: no such column, which made: Error: query failed",
    );
  });

  test("leaves out what follows the first line, where databases list bound values", () => {
    expect(describeError(new Error("Failed query: insert\nparams: a secret prompt"))).toBe("Error: Failed query: insert");
  });

  test("leaves out the message of a SyntaxError, which quotes the text", () => {
    const thrown = new SyntaxError('Unexpected token in "a secret prompt"');
    expect(describeError(thrown)).toBe("SyntaxError");
  });

  test.each(["a secret text", { secret: 1 }, 7, undefined])("of %j, which is no error, tells the type only", (thrown) => {
    expect(describeError(thrown)).toBe(typeof thrown);
  });

  test("is bounded", () => {
    expect(describeError(new Error("x".repeat(10_000)))).toHaveLength(500);
  });
});
