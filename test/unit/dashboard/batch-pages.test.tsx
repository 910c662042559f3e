import { describe, expect, test } from "vitest";
import type { BatchRecord } from "../../../src/client/index.ts";
import { BatchList } from "../../../src/dashboard/pages/batch-list.tsx";
import { BatchSummary, BatchTasks, TASKS_SHOWN, tasksOf } from "../../../src/dashboard/pages/batch-view.tsx";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const AT = "2026-11-22T10:00:00.000Z";
const NOW = Date.parse(AT) + 65_000;

type Result = BatchRecord["results"][string];
const result = (over: Partial<Result> = {}): Result => ({
  ...{ status: "completed", output: "fine", outputTruncated: false, model: "gpt-5", cost: 0.001, costNanos: 1_000_000 },
  ...{ tokensUsed: 10, error: null, url: "/v1/delegations/x" },
  ...over,
});
const batch = (over: Partial<BatchRecord> = {}): BatchRecord => ({
  ...{ batchId: "b", status: "in-progress", createdAt: AT, completedAt: null, maxConcurrency: null, createdBy: "ci" },
  counts: { total: 5, pending: 1, inProgress: 1, needsApproval: 0, completed: 2, failed: 1, cancelled: 0 },
  ...{ tokensUsed: 20, cost: 0.002, costNanos: 2_000_000, results: {} },
  ...over,
});

describe("BatchList", () => {
  const list = (rows: BatchRecord[], narrowed = false) =>
    drawn(<BatchList rows={rows} narrowed={narrowed} origin="https://depute.example" now={NOW} />);

  test("leads to each batch, with how far it is", () => {
    const markup = list([batch({ batchId: "a/b" })]);
    expect(markup).toContain('<a href="/batches/a%2Fb">a/b</a>');
    expect(markup).toContain("2 completed, 1 failed, 1 in progress, 1 pending of 5");
  });

  test("tells a newcomer how to start one, and whoever filters that nothing fits", () => {
    expect(list([])).toContain("curl https://depute.example/v1/batches");
    expect(list([], true)).toContain("No batch fits this filter.");
  });

  test("is inert", () => expectInert(list([batch({ batchId: HOSTILE, createdBy: HOSTILE })])));
});

describe("BatchSummary", () => {
  test("counts what has ended, and the time up to now while it runs", () => {
    const markup = drawn(<BatchSummary batch={batch()} now={NOW} />);
    expect(markup).toContain("3 of 5");
    expect(markup).toContain("1 failed");
    expect(markup).toContain("1 min 5 s");
    expect(markup).toContain('value="2000000"');
  });

  test("tells an unknown cost from none", () => {
    expect(drawn(<BatchSummary batch={batch({ costNanos: null })} now={NOW} />)).toContain("unknown");
    expect(drawn(<BatchSummary batch={batch({ costNanos: 0 })} now={NOW} />)).toContain("$0.00");
  });
});

describe("tasksOf", () => {
  const results = Object.fromEntries(
    Array.from({ length: TASKS_SHOWN + 5 }, (_, index) => [
      `t${index}`,
      result({ status: index % 2 === 0 ? "completed" : "failed" }),
    ]),
  );

  test("shows so many at once, and says whether there are more", () => {
    const first = tasksOf(batch({ results }), undefined, 0);
    expect(first.tasks.map(({ taskId }) => taskId)).toEqual(Object.keys(results).slice(0, TASKS_SHOWN));
    expect(first.more).toBe(true);
    const last = tasksOf(batch({ results }), undefined, TASKS_SHOWN);
    expect(last).toMatchObject({ more: false });
    expect(last.tasks).toHaveLength(5);
  });

  test("narrows to one status", () => {
    const { tasks, more } = tasksOf(batch({ results }), "failed", 0);
    expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(["failed"]));
    expect(more).toBe(false);
  });
});

describe("BatchTasks", () => {
  const tasks = (over: Partial<Result>) => drawn(<BatchTasks tasks={[{ taskId: "b.0", ...result(over) }]} />);

  test("leads to each delegation, with what it answered or why it did not", () => {
    expect(tasks({})).toContain('<a href="/delegations/b.0">b.0</a>');
    expect(tasks({})).toContain("fine");
    const failed = tasks({ status: "failed", output: null, error: { code: "timeout", message: "Too late." } });
    expect(failed).toContain("<code>timeout</code>");
    expect(failed).toContain("Too late.");
  });

  test("cuts long answers between characters, never within one", () => {
    const markup = tasks({ output: "🦉".repeat(1_000) });
    const shown = /class="excerpt">([^<]*)</.exec(markup)?.[1] ?? "";
    expect(shown).toBe(`${"🦉".repeat(280)}…`);
  });

  test("says so when there is none", () => {
    expect(drawn(<BatchTasks tasks={[]} />)).toContain("No task of this batch is so.");
  });

  test("is inert", () => expectInert(tasks({ output: HOSTILE, model: HOSTILE })));
});
