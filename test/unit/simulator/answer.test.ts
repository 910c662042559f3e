import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerTo, piecesOf } from "../../../simulator/answer.ts";
import type { Answer, Asked } from "../../../simulator/dialects/dialect.ts";

const asked = (different: Partial<Asked> = {}): Asked => ({
  model: "model-1",
  prompt: "Why is the sky blue?",
  system: "",
  streamed: true,
  thinking: false,
  output: { format: "text" },
  ...different,
});
const answer = (text: string, reasoning = ""): Answer => ({ ...answerTo(asked(), {}, "1"), text, reasoning });

describe("piecesOf", () => {
  test("pieces join to the whole and tear no character", () => {
    const texts = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 9 }), (text, reasoning, chars) => {
        const pieces = [...piecesOf(answer(text, reasoning), chars)];
        const joined = (kind: string) => pieces.flatMap((piece) => (piece.kind === kind ? [piece.text] : [])).join("");
        expect([joined("reasoning"), joined("text")]).toEqual([reasoning, text]);
        expect(pieces.every((piece) => piece.text.isWellFormed() && piece.text !== "")).toBe(true);
      }),
    );
  });

  test("thinking comes before the text", () => {
    expect([...piecesOf(answer("text", "why"), 2)].map(({ text }) => text)).toEqual(["wh", "y", "te", "xt"]);
  });
});

describe("answerTo", () => {
  test("takes the scenario's words and counts", () => {
    const usage = {
      input_tokens: 9,
      cached_input_tokens: 4,
      cache_write_input_tokens: 1,
      output_tokens: 8,
      reasoning_output_tokens: 3,
    };
    const scenario = { text: "ab", repeat: 3, reasoning: "hm", model: "other", service_tier: "flex", usage };
    expect(answerTo(asked(), scenario, "7")).toEqual({
      id: "7",
      model: "other",
      text: "ababab",
      reasoning: "hm",
      usage,
      outcome: "completed",
      serviceTier: "flex",
    });
  });

  test("counts plausibly what the scenario leaves open", () => {
    const { usage } = answerTo(asked({ prompt: "x".repeat(8_000) }), undefined, "1");
    expect(usage.input_tokens).toBeGreaterThan(2_000);
    expect(usage.cached_input_tokens).toBeGreaterThan(0);
    expect(usage.cached_input_tokens).toBeLessThan(usage.input_tokens);
    expect(usage.reasoning_output_tokens).toBeGreaterThan(0);
    expect(usage.reasoning_output_tokens).toBeLessThan(usage.output_tokens);
  });

  test.each([
    ["Please review this function", /^Review of/],
    ["Summarize the meeting", /^Summary of/],
    ["Write tests for the parser", /^Tests for/],
    ["Plan the migration", /^Plan for/],
    ["Implement a cache", /```ts/],
    ["Why is the sky blue?", /^On “Why is the sky blue\?”/],
  ])("answers %j in kind, and says that it is simulated", (prompt, expected) => {
    const { text } = answerTo(asked({ prompt }), undefined, "1");
    expect(text).toMatch(expected);
    expect(text).toContain("Simulated answer of model-1");
  });

  test("shows thinking only to those who ask for it", () => {
    expect(answerTo(asked(), undefined, "1").reasoning).toBe("");
    expect(answerTo(asked({ thinking: true }), undefined, "1").reasoning).not.toBe("");
  });

  test("answers JSON where JSON is asked, unless the scenario has words", () => {
    const schema = { type: "object", properties: { ok: { type: "boolean" } } };
    const structured = asked({ output: { format: "schema", schema } });
    expect(answerTo(structured, undefined, "1").text).toBe('{"ok":true}');
    expect(answerTo(structured, { text: "not JSON" }, "1").text).toBe("not JSON");
    expect(JSON.parse(answerTo(asked({ output: { format: "json" } }), undefined, "1").text)).toBeTypeOf("object");
  });
});
