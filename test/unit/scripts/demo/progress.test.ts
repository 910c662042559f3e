import { describe, expect, test } from "vitest";
import { advance, type Progress } from "../../../../scripts/demo/progress.ts";
import type { EventBody } from "../../../../src/delegations/events.ts";

const start: Progress = { name: "a", state: "accepted", characters: 0 };
const usage = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
};
const advanced = (body: EventBody, before = start) =>
  advance(before, { seq: 1, at: "2026-11-22T10:30:45.123Z", task_id: "t", ...body });

describe("advance", () => {
  test("an attempt is news, with the provider and model it runs on", () => {
    const { next, news } = advanced({ type: "turn.started", number: 2, provider: "codex", model: "gpt" });
    expect(news).toBe("attempt 2 runs on codex (gpt)");
    expect(next.state).toBe(news);
    expect(advanced({ type: "turn.started", number: 1, provider: "copilot", model: "" }).news).toBe("attempt 1 runs on copilot");
  });

  test("text is counted and no news", () => {
    const item = { id: "i", type: "agent_message" } as const;
    const first = advanced({ type: "item.updated", item, delta: "abc" });
    expect(advanced({ type: "item.updated", item, delta: "de" }, first.next)).toEqual({
      next: { ...start, characters: 5 },
      news: undefined,
    });
  });

  test("a failed attempt is news, with its reason", () => {
    const error = { code: "provider_overloaded", message: "busy" };
    const failed = advanced({ type: "turn.failed", number: 1, error, usage, cost: 0, cost_nanos: 0, retry_at: null });
    expect(failed.news).toBe("attempt 1 failed: provider_overloaded");
  });

  test("the final status is the end", () => {
    expect(advanced({ type: "thread.completed", status: "completed", error: null })).toEqual({
      next: { ...start, state: "completed" },
      news: "completed",
    });
  });

  test("everything else changes nothing", () => {
    expect(advanced({ type: "thread.started" })).toEqual({ next: start, news: undefined });
  });
});
