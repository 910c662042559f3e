import { describe, expect, test, vi } from "vitest";
import { describeError, log } from "../../../src/lib/log.ts";

describe("log", () => {
  test.each(["info", "warn", "error"] as const)("%s writes one line of JSON, fields and message", (level) => {
    const written = vi.spyOn(console, level).mockImplementation(() => undefined);
    log[level]({ circuit: "c1", attempts: 2 }, "it happened");
    const lines = written.mock.calls;
    written.mockRestore();
    expect(lines).toEqual([[JSON.stringify({ level, message: "it happened", circuit: "c1", attempts: 2 })]]);
  });

  test("calls an id by one name, whatever the code calls it", () => {
    const written = vi.spyOn(console, "info").mockImplementation(() => undefined);
    log.info({ workspace: "w", taskId: "t", attempt: 2, batchId: "b", flowId: undefined, request_id: "r" }, "it happened");
    log.info({ "depute.task_id": "t" }, "it happened");
    const [first, second] = written.mock.calls.map(([line]) => JSON.parse(String(line)));
    written.mockRestore();
    expect(first).toEqual({
      level: "info",
      message: "it happened",
      "depute.workspace": "w",
      "depute.task_id": "t",
      "depute.attempt": 2,
      "depute.batch_id": "b",
      request_id: "r",
    });
    expect(second["depute.task_id"]).toBe("t");
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
