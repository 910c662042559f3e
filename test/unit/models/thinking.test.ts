import { describe, expect, test } from "vitest";
import { applyParameters, type ParameterAsk } from "../../../src/models/parameters.ts";
import { catalogued } from "./catalogued.ts";

const apply = (id: string, ask: ParameterAsk) => {
  const model = catalogued(id);
  return applyParameters(model, model.provider, ask);
};
const thinkingOf = (id: string, max_thinking_budget: number, max_output_tokens?: number) => {
  const { thinking, warnings } = apply(id, { max_thinking_budget, max_output_tokens });
  return [thinking, warnings.map(({ code }) => code)];
};

describe("applyParameters: max_thinking_budget by effort", () => {
  test.each([
    [1, "low"],
    [2048, "low"],
    [2049, "medium"],
    [8192, "medium"],
    [8193, "high"],
    [24_576, "high"],
    [24_577, "xhigh"],
    [65_536, "xhigh"],
    [65_537, "max"],
    [1_000_000, "max"],
  ])("maps a budget of %d to %s", (tokens, effort) => {
    for (const id of ["claude-sonnet-5-5", "gpt-6.1-terra"]) {
      expect(thinkingOf(id, tokens)).toEqual([{ effort }, ["parameter_mapped"]]);
    }
  });

  test.each([
    ["gemini-3.8-flash", 65_536, "high"],
    ["gemini-4-neon", 100_000, "xhigh"],
    ["gpt-5.5", 100_000, "xhigh"],
    ["gpt-5", 100_000, "high"],
  ])("clamps to the strongest effort of %s", (id, tokens, effort) => {
    expect(thinkingOf(id, tokens)).toEqual([{ effort }, ["parameter_clamped"]]);
  });

  test("says what was asked, what is sent and why", () => {
    const [mapped] = apply("gpt-6.1-terra", { max_thinking_budget: 4000 }).warnings;
    expect(mapped?.message).toBe(
      'max_thinking_budget 4000 was sent as effort "medium": gpt-6.1-terra takes an effort instead of a budget.',
    );
    const [clamped] = apply("gemini-3.8-flash", { max_thinking_budget: 70_000 }).warnings;
    expect(clamped?.message).toBe('max_thinking_budget 70000 was sent as effort "high": gemini-3.8-flash takes no "max".');
  });
});

describe("applyParameters: max_thinking_budget 0", () => {
  test.each(["claude-haiku-5-5", "claude-opus-5", "claude-haiku-4-5", "gpt-6.1-terra", "gpt-5.5", "gemini-2.5-flash"])(
    "switches thinking of %s off without a warning",
    (id) => {
      expect(thinkingOf(id, 0)).toEqual(["off", []]);
    },
  );

  test.each([
    ["claude-sonnet-5-5", "low"],
    ["gpt-6.2-sol", "low"],
    ["gpt-5", "minimal"],
    ["gemini-3.5-flash", "minimal"],
    ["gemini-4-argon", "low"],
  ])("asks %s, which cannot stop thinking, for its least", (id, effort) => {
    expect(thinkingOf(id, 0)).toEqual([{ effort }, ["parameter_clamped"]]);
  });

  test("asks gemini-2.5-pro for its smallest budget", () => {
    expect(thinkingOf("gemini-2.5-pro", 0)).toEqual([{ budget_tokens: 128 }, ["parameter_clamped"]]);
  });

  test("is nothing to ask of a model that does not think", () => {
    expect(thinkingOf("gpt-4.1", 0)).toEqual([undefined, []]);
  });
});

describe("applyParameters: max_thinking_budget as a budget", () => {
  test.each([
    ["claude-haiku-4-5", 1024, 8192, 1024, []],
    ["claude-haiku-4-5", 7168, 8192, 7168, []],
    ["claude-opus-4-6", 5000, 8192, 5000, []],
    ["claude-haiku-4-5", 10, 8192, 1024, ["parameter_clamped"]],
    ["claude-haiku-4-5", 7169, 8192, 7168, ["parameter_clamped"]],
    ["claude-haiku-4-5", 5000, 1025, 1024, ["parameter_clamped"]],
    ["gemini-2.5-pro", 128, 100, 128, []],
    ["gemini-2.5-pro", 1, 8192, 128, ["parameter_clamped"]],
    ["gemini-2.5-pro", 40_000, 8192, 32_768, ["parameter_clamped"]],
    ["gemini-2.5-flash", 1, 8192, 1, []],
    ["gemini-2.5-flash", 24_577, 8192, 24_576, ["parameter_clamped"]],
  ])("gives %s, asked for %d under a limit of %d, a budget of %d", (id, asked, limit, budget_tokens, codes) => {
    expect(thinkingOf(id, asked, limit)).toEqual([{ budget_tokens }, codes]);
  });

  test("is dropped where the output limit leaves no room for the least budget", () => {
    expect(thinkingOf("claude-haiku-4-5", 5000, 1024)).toEqual([undefined, ["parameter_dropped"]]);
  });

  test("says under which limit it was cut", () => {
    const [warning] = apply("claude-haiku-4-5", { max_thinking_budget: 30_000 }).warnings;
    expect(warning?.message).toBe(
      "max_thinking_budget 30000 was sent as a budget of 7168: claude-haiku-4-5 takes 1024 to 7168 under max_output_tokens 8192.",
    );
  });
});

describe("applyParameters: max_thinking_budget dropped", () => {
  test("for a model that does not think", () => {
    expect(thinkingOf("gpt-4.1", 5000)).toEqual([undefined, ["parameter_dropped"]]);
  });

  test("for models that the catalogue does not describe", () => {
    const { thinking, warnings } = applyParameters(undefined, "compatible", { max_thinking_budget: 5000 });
    expect([thinking, warnings.map(({ code }) => code)]).toEqual([undefined, ["parameter_dropped"]]);
  });
});
