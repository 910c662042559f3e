import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import {
  CLAUDE,
  CODEX,
  callsFor,
  eventsOf,
  freshId,
  GEMINI,
  objectOf,
  rowOf,
  runToEnd,
  specOf,
} from "../../support/delegation-object.ts";

describe("a run", () => {
  test("gives output, usage, the exact cost and the model that answered, and projects them to the list", async () => {
    const id = freshId();
    const usage = { input_tokens: 1_000, cached_input_tokens: 200, output_tokens: 500, reasoning_output_tokens: 100 };
    const done = await runToEnd(specOf(id, simulate({ text: "The answer.", usage }, id)));
    expect(done).toMatchObject({
      status: "completed",
      outcome: "completed",
      output: "The answer.",
      tokens_used: 1_500,
      model: CLAUDE.model,
    });
    // claude-opus-5-5: 4 / 20 / cache read 0.20 US dollars per million tokens.
    const nanos = 800 * 4_000 + 200 * 200 + 500 * 20_000;
    expect(done).toMatchObject({ cost_nanos: nanos, cost: nanos / 1e9, cost_max_nanos: nanos, usage_final: true });
    expect(done.attempts).toHaveLength(1);
    await expect
      .poll(() => rowOf(id))
      .toMatchObject({ status: "completed", cost_nanos: nanos, output_preview: "The answer.", attempts: 1 });
  });

  test("logs a gap-free story whose deltas add up to the output", async () => {
    const id = freshId();
    const text = "Grüße, 世界! 👩‍👩‍👧 ".repeat(40);
    const done = await runToEnd(specOf(id, simulate({ text, delta_chars: 3 }, id)));
    const events = await eventsOf(objectOf(id));
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.at(0)?.type).toBe("thread.started");
    expect(events.at(-1)).toMatchObject({ type: "thread.completed", status: "completed" });
    const deltas = events.flatMap((event) => (event.type === "item.updated" ? [event.delta] : []));
    expect(deltas.join("")).toBe(text);
    expect(done.output).toBe(text);
  });

  test("a stream that ends without its terminal event is never completed", async () => {
    const id = freshId();
    const cut = { text: "half of it", fault: { kind: "close", after: 1 } } as const;
    const done = await runToEnd(specOf(id, simulate(cut, id), { ask: { max_attempts: 1 } }));
    expect(done).toMatchObject({ status: "failed", output: null, error: { code: "truncated_stream" } });
    expect(done.attempts[0]).toMatchObject({ status: "failed", usage_final: false });
  });

  test("an attempt cut in mid-stream is booked at its bound while its cost is the lower bound", async () => {
    const id = freshId();
    const cut = { text: "x".repeat(100), usage: { input_tokens: 50 }, fault: { kind: "drop", after: 2 } } as const;
    const done = await runToEnd(specOf(id, simulate(cut, id), { ask: { max_attempts: 1, max_output_tokens: 100 } }));
    expect(done.usage_final).toBe(false);
    expect(done.cost_nanos).toBeGreaterThan(0);
    expect(done.cost_max_nanos).toBeGreaterThan((done.cost_nanos ?? 0) + 90 * 20_000);
  });

  test("a fault is tried again on the same candidate, and the attempts are all on record and paid for", async () => {
    const id = freshId();
    const plan = [{ status: 500 }, { text: "second", usage: { input_tokens: 10, output_tokens: 10 } }];
    const done = await runToEnd(specOf(id, simulate(plan, id)));
    expect(done).toMatchObject({ status: "completed", output: "second" });
    expect(done.attempts.map((attempt) => [attempt.status, attempt.error?.code ?? null, attempt.cost_nanos])).toEqual([
      ["failed", "provider_upstream", 0],
      ["completed", null, 240_000],
    ]);
  });

  test("a fallback after a broken stream keeps schema, system prompt and limits", async () => {
    const id = freshId();
    const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
    const plan = [{ text: '{"a":"', fault: { kind: "drop", after: 1 } as const }, { text: '{"a":"b"}' }];
    const ask = { output_schema: schema, system: "Be brief.", max_output_tokens: 321, max_attempts: 1 };
    const done = await runToEnd(specOf(id, simulate(plan, id), { ask, candidates: [CLAUDE, CODEX] }));
    expect(done).toMatchObject({ status: "completed", provider: "codex", output: '{"a":"b"}', output_data: { a: "b" } });
    const calls = await callsFor(id);
    expect(calls.map((call) => call.vendor)).toEqual(["anthropic", "openai"]);
    const body = calls[1]?.body as { instructions: string; max_output_tokens: number; text: { format: { schema: unknown } } };
    expect(body).toMatchObject({ instructions: "Be brief.", max_output_tokens: 321 });
    expect(body.text.format.schema).toEqual(schema);
  });

  test("all candidates failing is one error that lists every attempt", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ status: 401 }, id), { candidates: [CLAUDE, CODEX, GEMINI] }));
    expect(done).toMatchObject({ status: "failed", cost_nanos: 0, usage_final: true });
    expect(done.error).toMatchObject({ code: "all_candidates_failed" });
    expect(done.error?.attempts?.map((attempt) => [attempt.provider, attempt.code])).toEqual([
      ["claude", "provider_auth"],
      ["codex", "provider_auth"],
      ["gemini", "provider_auth"],
    ]);
  });

  test("a refusal is never asked again of the same candidate and ends with its own code", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ outcome: "refused" }, id)));
    expect(done).toMatchObject({ status: "failed", outcome: "refused", error: { code: "refused" } });
    expect(await callsFor(id)).toHaveLength(1);
  });

  test("an answer ended by the length limit is completed and says truncated", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "cut", outcome: "truncated" }, id)));
    expect(done).toMatchObject({ status: "completed", outcome: "truncated", output: "cut" });
    expect(done.warnings.map((warning) => warning.code)).toContain("output_truncated");
  });

  test("an answer that is not the JSON asked for fails as invalid_output and is paid for", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "not json" }, id), { ask: { output_json: true } }));
    expect(done).toMatchObject({ status: "failed", error: { code: "invalid_output" } });
    expect(done.cost_nanos).toBeGreaterThan(0);
  });

  test("an answer that does not fit the schema fails as invalid_output, says where, and is paid for", async () => {
    const id = freshId();
    const output_schema = { type: "object", properties: { steps: { type: "array", items: { type: "integer" } } } };
    const done = await runToEnd(specOf(id, simulate({ text: '{"steps":[1,"two"]}' }, id), { ask: { output_schema } }));
    expect(done).toMatchObject({ status: "failed", outcome: "completed", usage_final: true });
    const message = 'The answer does not fit output_schema: /steps/1: Instance type "string" is invalid. Expected "integer".';
    expect(done.attempts[0]?.error).toEqual({ code: "invalid_output", message });
    expect(done.cost_nanos).toBeGreaterThan(0);
  });

  test("an answer that fits a schema of patterns and references is completed", async () => {
    const id = freshId();
    const output_schema = {
      type: "object",
      properties: { code: { $ref: "#/$defs/code" } },
      required: ["code"],
      additionalProperties: false,
      $defs: { code: { type: "string", pattern: "^[A-Z]{3}$" } },
    };
    const done = await runToEnd(specOf(id, simulate({ text: '{"code":"ABC"}' }, id), { ask: { output_schema } }));
    expect(done).toMatchObject({ status: "completed", output_data: { code: "ABC" } });
  });

  test("a price nobody knows is null and flagged, never guessed", async () => {
    const id = freshId();
    const local = { provider: "compatible", endpoint: "local", model: "unheard-of", requested: "local/unheard-of" } as const;
    const done = await runToEnd(specOf(id, simulate({ text: "x" }, id), { candidates: [local] }));
    expect(done).toMatchObject({ status: "completed", cost: null, cost_nanos: null, cost_max: null });
    expect(done.warnings.map((warning) => warning.code)).toContain("unpriced");
  });
});
