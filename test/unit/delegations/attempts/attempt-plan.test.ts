import { describe, expect, test } from "vitest";
import { readConfig } from "../../../../src/config.ts";
import { attemptPlan } from "../../../../src/delegations/attempts/attempt-plan.ts";
import { repairPrompt } from "../../../../src/delegations/attempts/repair-prompt.ts";
import { specOf } from "../delegating.ts";

const OPUS = { provider: "claude", endpoint: null, model: "claude-opus-5-5", requested: null } as const;
const AT = new Date("2026-11-22T10:00:00.000Z");
const INVALID = { answer: "é".repeat(1_000), isCut: false, problem: "It is not JSON." };
const spec = specOf({ output_schema: { type: "object" }, max_output_tokens: 100 }, { candidates: [OPUS] });
const planned = (repair?: typeof INVALID) => attemptPlan(spec, OPUS, { number: 2, at: AT, repair }, readConfig({}));

describe("attemptPlan of a repair", () => {
  test("sends the prompt with the invalid answer, and asks for the same output", () => {
    const [plain, repair] = [planned().request, planned(INVALID).request];
    expect(plain.prompt).toBe(spec.input.prompt);
    expect(repair).toEqual({ ...plain, prompt: repairPrompt(spec.input.prompt, INVALID) });
  });

  test("is bounded by what is really sent, in bytes", () => {
    const bytes = (text: string) => new TextEncoder().encode(text).byteLength;
    const more = bytes(planned(INVALID).request.prompt) - bytes(planned().request.prompt);
    expect(more).toBeGreaterThan(2_000);
    // claude-opus-5-5: writing to the cache, the dearest input, is 5 US dollars per million tokens.
    expect((planned(INVALID).boundNanos ?? 0) - (planned().boundNanos ?? 0)).toBe(more * 5_000);
  });
});

describe("the task's name at the vendor", () => {
  test.each([
    ["default", "task-1"],
    ["research", "research/task-1"],
  ])("of the workspace %s is %s: no two tasks of a deployment share one", (workspace, name) => {
    const of = { ...spec, workspace, task_id: "task-1" };
    expect(attemptPlan(of, OPUS, { number: 1, at: AT }, readConfig({})).request.taskId).toBe(name);
  });
});
