import { describe, expect, test, vi } from "vitest";
import { attemptLine, endedBetween, logEnded, taskIds } from "../../../../src/delegations/attempts/attempt-line.ts";
import { type AttemptState, acceptedState } from "../../../../src/delegations/delegation-state.ts";
import { OUTCOMES, PROVIDER_IDS } from "../../../../src/providers/provider.ts";
import { attemptOf, candidate, specOf, T0, usage } from "../delegating.ts";

const spec = specOf(
  { prompt: "a secret prompt", system: "a secret system", properties: { note: "a secret property" } },
  { request_id: "trace-1", key_id: "key-1", batch_id: "batch-1", flow: { id: "flow-1", step: "draft" } },
);
const completed = attemptOf({
  status: "completed",
  outcome: "completed",
  model: "model-1-20261101",
  ended_at: T0 + 2_500,
  first_token_at: T0 + 500,
  started_at: T0,
  usage: { ...usage(10, 5), cached_input_tokens: 4, reasoning_output_tokens: 2 },
  usage_final: true,
  cost_nanos: 60,
  request_id: "req-9",
});
const stateWith = (...attempts: AttemptState[]) => ({ ...acceptedState(spec), attempts });

describe("attemptLine", () => {
  test("tells who answered, what it used and cost, and whose it was", () => {
    expect(attemptLine(spec, completed)).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": "model-1",
      "gen_ai.response.model": "model-1-20261101",
      "gen_ai.response.id": "req-9",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": 0.5,
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 5,
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.reasoning.output_tokens": 2,
      "depute.workspace": "default",
      "depute.task_id": "task-1",
      "depute.attempt": 1,
      "depute.key_id": "key-1",
      "depute.batch_id": "batch-1",
      "depute.flow_id": "flow-1",
      "depute.flow_step": "draft",
      "depute.cost_nanos": 60,
      duration_ms: 2_500,
      request_id: "trace-1",
    });
  });

  test("of a failure it tells the code, not what the vendor said", () => {
    const error = { code: "provider_upstream", message: "a secret message" } as const;
    const line = attemptLine(spec, {
      ...completed,
      status: "failed",
      outcome: null,
      error,
      request_id: null,
      first_token_at: null,
    });
    expect(line).toMatchObject({ "error.type": "provider_upstream", "depute.attempt.status": "failed" });
    const absent = ["gen_ai.response.model", "gen_ai.response.id", "gen_ai.response.finish_reasons"];
    expect(absent.map((name) => line[name])).toEqual([undefined, undefined, undefined]);
    expect(JSON.stringify(line)).not.toContain("secret");
  });

  test("a cost that is not known is null, and a task of an older version has no request", () => {
    const line = JSON.parse(JSON.stringify(attemptLine(specOf(), { ...completed, cost_nanos: null })));
    expect(line["depute.cost_nanos"]).toBeNull();
    expect(line).not.toHaveProperty("request_id");
  });

  test.each(PROVIDER_IDS)("%s has an operation and a vendor's name", (provider) => {
    const named = attemptLine({ ...spec, candidates: [candidate({ provider })] }, { ...completed, provider });
    expect([named["gen_ai.operation.name"], named["gen_ai.provider.name"]]).toEqual([expect.any(String), expect.any(String)]);
  });

  test.each(OUTCOMES)("the outcome %s has its reason", (outcome) => {
    expect(attemptLine(spec, { ...completed, outcome })["gen_ai.response.finish_reasons"]).toEqual([expect.any(String)]);
  });
});

describe("endedBetween", () => {
  const running = { ...completed, number: 2, status: "running" as const, ended_at: null };
  const failed = { ...completed, number: 2, status: "failed" as const };

  test("is what was running or not yet there, and has ended now", () => {
    const before = stateWith(completed, running);
    expect(endedBetween(before, before)).toEqual([]);
    const third = { ...completed, number: 3 };
    expect(endedBetween(before, stateWith(completed, failed, third))).toEqual([failed, third]);
    expect(endedBetween(stateWith(), stateWith(completed, running))).toEqual([completed]);
  });

  test("an attempt that ended before has no second line, whatever becomes of its cost", () => {
    const before = stateWith({ ...completed, cost_nanos: null });
    expect(endedBetween(before, stateWith(completed))).toEqual([]);
  });
});

describe("logEnded", () => {
  test("writes one line for each, found by the task's ids", () => {
    const written = vi.spyOn(console, "info").mockImplementation(() => undefined);
    logEnded({ spec, state: stateWith(completed) }, stateWith());
    const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)));
    written.mockRestore();
    expect(lines).toEqual([expect.objectContaining({ level: "info", message: "an attempt ended", ...taskIds(spec) })]);
  });
});
