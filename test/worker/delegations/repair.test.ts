import { abortAllDurableObjects } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import {
  CLAUDE,
  CODEX,
  callsFor,
  eventsOf,
  finalOf,
  freshId,
  GEMINI,
  objectOf,
  runToEnd,
  specOf,
} from "../../support/delegation-object.ts";

const SCHEMA = { type: "object", properties: { count: { type: "integer" } }, required: ["count"], additionalProperties: false };
const ASK = { output_schema: SCHEMA };
const usage = { input_tokens: 100, output_tokens: 10 };
const WRONG = { text: '{"count":"one"}', usage };
const RIGHT = { text: '{"count":1}', usage };
const LOCAL = { provider: "compatible", endpoint: "local", model: "any", requested: null } as const;

describe("an answer that does not fit", () => {
  test.each([CLAUDE, CODEX, GEMINI, LOCAL])(
    "of $provider is repaired by a second attempt, which is paid and shown like any other",
    async (candidate) => {
      const id = freshId();
      const done = await runToEnd(specOf(id, simulate([WRONG, RIGHT], id), { ask: ASK, candidates: [candidate] }));
      expect(done).toMatchObject({ status: "completed", outcome: "completed", output_data: { count: 1 }, output: RIGHT.text });
      const [first, second] = done.attempts;
      expect(first).toMatchObject({ status: "failed", error: { code: "invalid_output" } });
      expect(first).not.toHaveProperty("repair");
      expect(second).toMatchObject({ status: "completed", provider: candidate.provider, repair: true, usage });
      expect(done.tokens_used).toBe(220);
      if (candidate !== LOCAL) expect(done.cost_nanos).toBe((first?.cost_nanos ?? 0) + (second?.cost_nanos ?? 0));
      const calls = await callsFor(id);
      expect(calls).toHaveLength(2);
      expect(calls[1]?.prompt).toContain(calls[0]?.prompt);
      expect(calls[1]?.prompt).toContain(WRONG.text);
      expect(calls[1]?.prompt).toContain(first?.error?.message);
      const turns = (await eventsOf(objectOf(id))).filter(({ type }) => type === "turn.started");
      expect(turns).toMatchObject([{ number: 1 }, { number: 2, repair: true }]);
      expect(turns[0]).not.toHaveProperty("repair");
    },
  );

  test("and whose repair does not fit either goes to the next candidate, with the prompt and the schema alone", async () => {
    const id = freshId();
    const spec = specOf(id, simulate([WRONG, WRONG, RIGHT], id), {
      ask: { ...ASK, max_attempts: 1 },
      candidates: [CLAUDE, CODEX],
    });
    const done = await runToEnd(spec);
    expect(done).toMatchObject({ status: "completed", provider: "codex", output_data: { count: 1 } });
    expect(done.attempts.map(({ provider, error, repair }) => [provider, error?.code, repair])).toEqual([
      ["claude", "invalid_output", undefined],
      ["claude", "invalid_output", true],
      ["codex", undefined, undefined],
    ]);
    const calls = await callsFor(id);
    expect(calls[2]?.prompt).toBe(calls[0]?.prompt);
    expect(calls[2]).toMatchObject({ vendor: "openai", body: { text: { format: { schema: SCHEMA } } } });
  });

  test("of the only candidate, twice, ends the delegation as invalid_output", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate(WRONG, id), { ask: ASK }));
    expect(done).toMatchObject({ status: "failed", output: null, error: { code: "invalid_output" } });
    expect(done.attempts.map(({ repair }) => repair)).toEqual([undefined, true]);
  });

  test("because it was cut is not repaired", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: '{"count":', outcome: "truncated" }, id), { ask: ASK }));
    expect(done).toMatchObject({ status: "completed", outcome: "truncated", output_data: null });
    expect(await callsFor(id)).toHaveLength(1);
  });

  test("is repaired though the repair is killed in the middle, as a repair", async () => {
    const id = freshId();
    const spec = specOf(id, simulate([WRONG, { ...RIGHT, headers_ms: 60_000 }, RIGHT], id), { ask: ASK });
    await objectOf(id).start(spec);
    await expect.poll(async () => (await callsFor(id)).length).toBe(2);
    await abortAllDurableObjects();
    const done = await finalOf(objectOf(id));
    expect(done).toMatchObject({ status: "completed", output_data: { count: 1 } });
    expect(done.attempts.map(({ status, repair }) => [status, repair])).toEqual([
      ["failed", undefined],
      ["interrupted", true],
      ["completed", true],
    ]);
    const [, killed, again] = await callsFor(id);
    expect(again?.prompt).toBe(killed?.prompt);
    const turns = (await eventsOf(objectOf(id))).filter(({ type }) => type === "turn.started");
    expect(turns).toMatchObject([{ number: 1 }, { number: 2, repair: true }, { number: 3, repair: true }]);
  });
});
