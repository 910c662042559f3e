import { describe, expect, test } from "vitest";
import { interruption, refusal } from "../../../src/cli/cli.ts";
import { costTable } from "../../../src/cli/costs.ts";
import { count, dollars } from "../../../src/cli/figures.ts";
import { progressBar } from "../../../src/cli/progress-bar.ts";
import { stepLine } from "../../../src/cli/run-flow.ts";
import { table } from "../../../src/cli/table.ts";
import { harmless } from "../../../src/cli/terminal.ts";
import { UsageError } from "../../../src/cli/usage-error.ts";
import { exitOf, summaryLine, type Work, whole } from "../../../src/cli/work.ts";
import { DeputeError } from "../../../src/client/depute-error.ts";
import type { CostReport } from "../../../src/http/costs-route.ts";

const task = { task_id: "t", status: "completed", model: "m", tokens_used: 1234, cost: 0.0021, error: null } as Work;

describe("figures", () => {
  test("show small costs whole and unknown ones as unknown", () => {
    expect([dollars(0), dollars(0.0000021), dollars(12.3), dollars(null)]).toEqual(["$0.00", "$0.000002", "$12.30", "$?"]);
    expect(count(1234567)).toBe("1,234,567");
  });
});

describe("a table", () => {
  test("aligns its columns, and shows what is absent as a dash", () => {
    expect(
      table(
        ["id", "cost"],
        [
          ["long-id", null],
          ["b", 5],
        ],
        80,
      ),
    ).toBe("id       cost\nlong-id  -\nb        5\n");
  });

  test("is no wider than the terminal, has a line a row, and nothing that steers the terminal", () => {
    expect(table(["id"], [["a\nb\u001b[2Jc"], ["0123456789"]], 7)).toBe("id\na b[2Jc\n0123456\n");
  });
});

test("text of a model keeps its lines and tabs and loses what steers a terminal", () => {
  expect(harmless("a\tb\nc\r\u001b]0;x\u0007\u009b1m é")).toBe("a\tb\nc]0;x1m é");
});

describe("the progress bar", () => {
  test("fills, and tells failures once there are any", () => {
    expect(progressBar({ done: 0, failed: 0, total: 2, cost: 0 })).toBe(`[${"·".repeat(24)}] 0/2, $0.00`);
    expect(progressBar({ done: 1, failed: 1, total: 2, cost: null })).toBe(
      `[${"#".repeat(12)}${"·".repeat(12)}] 1/2, 1 failed, $?`,
    );
    expect(progressBar({ done: 2, failed: 0, total: 2, cost: 1 })).toContain(`[${"#".repeat(24)}] 2/2`);
  });
});

describe("the line about some work", () => {
  test("tells tokens and cost", () => {
    expect(summaryLine(task)).toBe("t completed · m · 1,234 tokens · $0.002100\n");
  });

  test("tells why it failed, on one line", () => {
    const error = { code: "refused", message: "No,\nnever." };
    expect(summaryLine({ ...task, status: "failed", error } as Work)).toMatch(/^t failed: refused: No, never\. · .*\n$/);
  });

  test("tells how much of a batch is completed, which decides its exit code", () => {
    const batch = { batch_id: "b", status: "completed", counts: { total: 2, completed: 1 }, tokens_used: 0, cost: 0 } as Work;
    expect(summaryLine(batch)).toContain("b completed · 1 of 2 tasks completed");
    expect([exitOf(batch), exitOf(task), exitOf({ ...task, status: "cancelled" } as Work)]).toEqual([1, 0, 1]);
  });
});

test("a text ends with its line, once", () => {
  expect([whole("a"), whole("a\n"), whole("")]).toEqual(["a\n", "a\n", ""]);
});

test("a flow's steps are told as they start and end", () => {
  const place = { seq: 1, at: "2026-11-22T10:00:00.000Z", flow_id: "f" };
  expect(stepLine({ ...place, type: "step.started", step: "judge", task_id: "f.judge" })).toBe("judge …\n");
  expect(stepLine({ ...place, type: "flow.completed", status: "completed", error: null })).toBe("");
});

test("the costs have a line a group, and a total", () => {
  const sums = { count: 2, tokens: 1500, total_cost: 0.5 } as CostReport["total"];
  const text = costTable(
    { data: [{ ...sums, model: "m", provider: "claude" }], total: sums } as CostReport,
    ["provider", "model"],
    80,
  );
  expect(text).toBe(
    "provider  model  count  tokens  cost\nclaude    m      2      1,500   $0.500000\ntotal            2      1,500   $0.500000\n",
  );
});

describe("what went wrong", () => {
  test("ends with the code of its kind", () => {
    const codes = [new UsageError("x"), new DeputeError("forbidden", "x"), new DeputeError("unreachable", "x")].map(refusal);
    expect(codes.map(({ code }) => code)).toEqual([2, 3, 4]);
  });

  test("names each field at fault, and the request", () => {
    const error = new DeputeError("invalid_request", "No.", { fields: [{ path: "model", message: "who?" }], requestId: "r1" });
    expect(refusal(error).text).toBe("depute: invalid_request: No.\n  model: who?\n  request r1\n");
  });

  test("is not hidden when it is a fault of ours", () => {
    expect(() => refusal(new TypeError("x"))).toThrow(TypeError);
  });

  test("after Ctrl-C it says how to come back and how to stop", () => {
    const { text, code } = interruption({ comeBack: "depute get t", cancel: "depute cancel t" });
    expect(code).toBe(130);
    expect(text).toMatch(/come back: depute get t\n.*stop it: +depute cancel t\n/);
    expect(interruption(undefined).text).toBe("\nInterrupted.\n");
  });
});
