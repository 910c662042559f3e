import { describe, expect, test } from "vitest";
import type { Batch } from "../../../src/batches/batch.ts";
import { DeputeError } from "../../../src/client/depute-error.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { openResult, type TaskResult } from "../../../src/delegations/task-result.ts";
import type { Flow } from "../../../src/flows/flow.ts";
import { delegationResult } from "../../../src/mcp/delegation-result.ts";
import { batchResult, flowResult } from "../../../src/mcp/group-results.ts";
import { costsResult, listResult } from "../../../src/mcp/report-results.ts";
import { cut, SHOWN_CHARACTERS, SHOWN_ROWS } from "../../../src/mcp/shown-text.ts";
import { toolError } from "../../../src/mcp/tool-error.ts";

const textOf = ({ content }: { content: readonly object[] }): string =>
  content.flatMap((block) => ("text" in block ? [String(block.text)] : [])).join("\n");

const delegation = (fields: Partial<Delegation> = {}): Delegation =>
  ({
    task_id: "t-1",
    prompt: "a secret prompt",
    status: "completed",
    provider: "claude",
    model: "claude-opus-5-5",
    tokens_used: 1_234,
    cost: 0.0123456,
    error: null,
    warnings: [],
    cached_from: null,
    output: "the answer",
    output_data: null,
    ...fields,
  }) as Delegation;

const done = (output: string): TaskResult => ({ ...openResult("t", "completed"), output });
const batch = (results: Batch["results"], status: Batch["status"] = "completed"): Batch =>
  ({
    batch_id: "b-1",
    status,
    counts: { total: 3, pending: 0, in_progress: 1, needs_approval: 0, completed: 1, failed: 1, cancelled: 0 },
    tokens_used: 10,
    cost: null,
    results,
  }) as Batch;

describe("the result of a delegation", () => {
  test("tells the smallest amount as an amount, too", () => {
    expect(textOf(delegationResult(delegation({ cost: 0.000_000_001 })))).toContain("1,234 tokens, $0.000000001)");
  });

  test("has its answer as text and as data, a link to the whole, and not the prompt", () => {
    const result = delegationResult(delegation());
    expect(textOf(result)).toBe("t-1: completed (claude claude-opus-5-5, 1,234 tokens, $0.0123456)\n\nthe answer");
    expect(result.structuredContent).toMatchObject({
      task_id: "t-1",
      output: "the answer",
      output_truncated: false,
      next_step: null,
    });
    expect(result.content).toContainEqual(
      expect.objectContaining({ type: "resource_link", uri: "depute://delegations/t-1/output", mimeType: "text/plain" }),
    );
    expect(JSON.stringify(result)).not.toContain("a secret prompt");
  });

  test("a long answer is cut, says so, and where the whole is", () => {
    const output = "x".repeat(SHOWN_CHARACTERS + 1);
    const result = delegationResult(delegation({ output, output_data: { whole: true } }));
    expect(result.structuredContent).toMatchObject({
      output: "x".repeat(SHOWN_CHARACTERS),
      output_data: null,
      output_truncated: true,
      output_uri: "depute://delegations/t-1/output",
    });
    expect(textOf(result)).toMatch(/cut after 32000 characters; the whole: depute:\/\/delegations\/t-1\/output\]$/);
  });

  test.each(["pending", "in-progress"] as const)("one that is %s says how to wait for it, and links nothing", (status) => {
    const result = delegationResult(delegation({ status, output: null }));
    expect(textOf(result)).toContain("call wait_for_delegation with task_id t-1");
    expect(result.structuredContent).toMatchObject({
      next_step: expect.stringContaining("call wait_for_delegation with task_id t-1"),
    });
    expect(result.content).toHaveLength(1);
  });

  test("one that needs approval says that waiting does not help", () => {
    const text = textOf(delegationResult(delegation({ status: "needs-approval", output: null })));
    expect(text).toContain("/v1/delegations/t-1/approve");
    expect(text).not.toContain("wait_for_delegation");
  });

  test("says why it failed, what it warns of, and which one it was taken from", () => {
    const fields = { status: "failed", error: { code: "timeout", message: "No end within 5 s." }, cost: null } as const;
    const warnings = [{ code: "parameter_dropped", message: "temperature is not taken" }];
    const text = textOf(delegationResult(delegation({ ...fields, warnings, cached_from: "t-0", output: null })));
    expect(text.split("\n")).toEqual([
      "t-1: failed (claude claude-opus-5-5, 1,234 tokens, unknown cost, from the cache (t-0))",
      "timeout: No end within 5 s.",
      "Warning parameter_dropped: temperature is not taken",
    ]);
  });
});

describe("the results of many", () => {
  test("the tasks of a batch share what is shown, and say what is cut", () => {
    const long = "y".repeat(SHOWN_CHARACTERS);
    const result = batchResult(batch({ a: done(long), b: done("short") }));
    const { results } = result.structuredContent as unknown as Batch;
    expect(results.a).toMatchObject({ output: "y".repeat(SHOWN_CHARACTERS / 2), output_truncated: true });
    expect(results.b).toMatchObject({ output: "short", output_truncated: false });
    expect(textOf(result)).toContain("2 of 3 ended (1 failed, 0 cancelled; 10 tokens, unknown cost)");
  });

  test("a batch of many tasks shows the first of them, and says how to find the others", () => {
    const names = Array.from({ length: SHOWN_ROWS + 5 }, (_, index) => `n${index}`);
    const result = batchResult(
      batch(Object.fromEntries(names.map((name) => [name, openResult(name, "pending")])), "in-progress"),
    );
    const { results, results_left_off } = result.structuredContent as unknown as Batch & { results_left_off: number };
    expect(Object.keys(results)).toEqual(names.slice(0, SHOWN_ROWS));
    expect(results_left_off).toBe(5);
    expect(textOf(result)).toContain("call wait_for_batch with batch_id b-1");
    expect(result.structuredContent).toMatchObject({
      next_step: expect.stringContaining("call wait_for_batch with batch_id b-1"),
    });
    expect(textOf(result)).toContain("5 more: call list_delegations with batch_id b-1");
  });

  test("a flow has its answer whole where it fits, and its steps in the room beside it", () => {
    const steps = [{ ...done("z".repeat(1_000)), name: "draft", task_id: "f-1.draft" }];
    const flow = { flow_id: "f-1", pattern: "improve", status: "completed", tokens_used: 1, cost: 1, error: null, steps };
    const output = "o".repeat(SHOWN_CHARACTERS - 500);
    const result = flowResult({ ...flow, output } as unknown as Flow);
    const content = result.structuredContent as unknown as Flow & { output_truncated: boolean };
    expect(content).toMatchObject({ output, output_truncated: false });
    expect(content.steps[0]).toMatchObject({ output: "z".repeat(500), output_truncated: true });
  });

  test("a flow that runs says how to wait for it; one that failed says why", () => {
    const flow = { flow_id: "f-1", pattern: "chain", tokens_used: 0, cost: 0, steps: [], output: null };
    const running = flowResult({ ...flow, status: "in-progress", error: null } as unknown as Flow);
    expect(textOf(running)).toContain("call wait_for_flow with flow_id f-1");
    expect(running.structuredContent).toMatchObject({
      next_step: expect.stringContaining("call wait_for_flow with flow_id f-1"),
    });
    const error = { code: "step_failed", message: "The step a failed", step: "a" };
    expect(textOf(flowResult({ ...flow, status: "failed", error } as unknown as Flow))).toContain(
      "step_failed: The step a failed",
    );
  });

  test("a list has short previews, and the cursor of what follows", () => {
    const row = {
      task_id: "t-1",
      status: "completed",
      provider: "codex",
      model: null,
      cost: 0,
      created_at: "2026-11-22T10:00:00.000Z",
    };
    const data = [{ ...row, prompt_preview: "two\nlines", output_preview: "p".repeat(300) }];
    const result = listResult({ data, next_cursor: "c1" });
    expect(textOf(result)).toBe(
      "- t-1: completed, codex, $0.00, 2026-11-22T10:00:00.000Z: two lines\nThere are more: call again with cursor c1",
    );
    expect(result.structuredContent).toMatchObject({
      data: [{ prompt_preview: "two\nlines", output_preview: `${"p".repeat(200)}…` }],
    });
    expect(textOf(listResult({ data: [], next_cursor: null }))).toBe("No delegation fits.");
  });

  test("costs have their dearest groups, and say how many they leave off", () => {
    const sums = { count: 2, tokens: 3_000, total_cost: 0.5 };
    const data = Array.from({ length: SHOWN_ROWS + 1 }, (_, index) => ({ model: `m${index}`, ...sums }));
    const result = costsResult({ data, total: { count: 202, tokens: 1, total_cost: null } });
    expect(result.structuredContent).toMatchObject({ groups_left_off: 1 });
    expect(textOf(result).split("\n").slice(0, 2)).toEqual([
      "Total: unknown cost, 202 counted, 1 tokens",
      "- model m0: $0.50, 2 counted, 3,000 tokens",
    ]);
    expect(textOf(result)).toMatch(/1 cheaper groups are not shown\.$/);
  });
});

describe("a refusal", () => {
  test("is an error with the API's code, text, fields and the time to wait", () => {
    const fields = [
      { path: "prompt", message: "must not be empty" },
      { path: "", message: "must be an object" },
    ];
    const error = new DeputeError("rate_limited", "Too many.", { status: 429, fields, requestId: "r-1", retryAfterMs: 1_500 });
    expect(toolError(error)).toEqual({
      isError: true,
      content: [
        {
          type: "text",
          text: "rate_limited: Too many.\n- prompt: must not be empty\n- (the whole): must be an object\nRetry after 2 s.",
        },
      ],
      _meta: {
        "depute/problem": {
          code: "rate_limited",
          detail: "Too many.",
          status: 429,
          errors: fields,
          retry_after: 2,
          request_id: "r-1",
        },
      },
    });
  });
});

test("a text is never cut in the middle of a character", () => {
  expect(cut("ab😀", 3)).toBe("ab");
  expect(cut("ab😀", 4)).toBe("ab😀");
});
