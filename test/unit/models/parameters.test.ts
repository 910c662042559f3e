import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allModels } from "../../../src/models/catalogue.ts";
import { type AppliedParameters, applyParameters, type ParameterAsk } from "../../../src/models/parameters.ts";
import { catalogued } from "./catalogued.ts";

const apply = (id: string, ask: ParameterAsk) => {
  const model = catalogued(id);
  return applyParameters(model, model.provider, ask);
};
const thinkingOf = (id: string, max_thinking_budget: number, max_output_tokens?: number) => {
  const { thinking, warnings } = apply(id, { max_thinking_budget, max_output_tokens });
  return [thinking, warnings.map(({ code }) => code)];
};
const temperatureOf = (id: string, temperature: number, max_thinking_budget?: number) => {
  const applied = apply(id, { temperature, max_thinking_budget });
  return [
    applied.temperature,
    applied.warnings.filter(({ message }) => message.startsWith("temperature")).map(({ code }) => code),
  ];
};

describe("applyParameters: nothing asked", () => {
  test.each(allModels())("sends $id an output limit and nothing else, without a warning", (model) => {
    expect(applyParameters(model, model.provider, {})).toEqual({
      maxOutputTokens: Math.min(8192, model.max_output_tokens),
      temperature: undefined,
      thinking: undefined,
      warnings: [],
    });
  });

  test("takes JSON output as it is: every model can", () => {
    expect(apply("claude-sonnet-5-5", { output_json: true, output_schema: { type: "object" } }).warnings).toEqual([]);
  });
});

describe("applyParameters: max_output_tokens", () => {
  test("is sent as asked up to the model's limit", () => {
    expect(apply("gpt-4o", { max_output_tokens: 16_384 })).toMatchObject({ maxOutputTokens: 16_384, warnings: [] });
  });

  test("is cut to the model's limit, and says so", () => {
    expect(apply("gpt-4o", { max_output_tokens: 16_385 })).toMatchObject({
      maxOutputTokens: 16_384,
      warnings: [
        { code: "parameter_clamped", message: "max_output_tokens 16385 was sent as 16384: gpt-4o takes at most 16384." },
      ],
    });
  });

  test("defaults to the model's limit where that is below 8,192", () => {
    expect(apply("gpt-4-turbo", {}).maxOutputTokens).toBe(4096);
  });

  test("is raised to the 16 that OpenAI demands, and only there", () => {
    expect(apply("gpt-6.1-terra", { max_output_tokens: 1 })).toMatchObject({
      maxOutputTokens: 16,
      warnings: [{ code: "parameter_clamped" }],
    });
    expect(apply("claude-opus-5-5", { max_output_tokens: 1 })).toMatchObject({ maxOutputTokens: 1, warnings: [] });
  });

  test("is sent as asked to models that the catalogue does not describe", () => {
    expect(applyParameters(undefined, "compatible", { max_output_tokens: 500_000 }).maxOutputTokens).toBe(500_000);
    expect(applyParameters(undefined, "compatible", {}).maxOutputTokens).toBe(8192);
  });
});

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

describe("applyParameters: temperature", () => {
  test.each([
    "claude-opus-5-5",
    "claude-opus-4-8",
    "gemini-4-argon",
    "gemini-3.8-flash",
    "gpt-6.2-sol",
    "gpt-6.1-terra",
    "gpt-5.5",
    "gpt-5",
  ])("is dropped for %s, and says so", (id) => {
    expect(temperatureOf(id, 0.5)).toEqual([undefined, ["parameter_dropped"]]);
  });

  test.each([
    "gpt-4.1",
    "gpt-4o",
    "gemini-2.5-pro",
    "gemini-3.5-flash",
    "gemini-3.1-pro-preview",
    "claude-haiku-4-5",
    "claude-sonnet-4-6",
  ])("is sent to %s", (id) => {
    expect(temperatureOf(id, 0.5)).toEqual([0.5, []]);
    expect(temperatureOf(id, 0)).toEqual([0, []]);
  });

  test("is sent to OpenAI's models once their thinking is off", () => {
    expect(temperatureOf("gpt-6.1-terra", 2, 0)).toEqual([2, []]);
    expect(temperatureOf("gpt-5.5", 1, 0)).toEqual([1, []]);
    expect(temperatureOf("gpt-6.2-sol", 1, 0)).toEqual([undefined, ["parameter_dropped"]]);
  });

  test("is dropped for older Claude models only while they think", () => {
    expect(temperatureOf("claude-haiku-4-5", 0.5, 2000)).toEqual([undefined, ["parameter_dropped"]]);
    expect(temperatureOf("claude-haiku-4-5", 0.5, 0)).toEqual([0.5, []]);
  });

  test("ends at 1 for Claude", () => {
    expect(temperatureOf("claude-haiku-4-5", 1)).toEqual([1, []]);
    expect(temperatureOf("claude-haiku-4-5", 1.5)).toEqual([1, ["parameter_clamped"]]);
    expect(temperatureOf("gpt-4.1", 2)).toEqual([2, []]);
  });

  test("is sent to models that the catalogue does not describe", () => {
    expect(applyParameters(undefined, "compatible", { temperature: 1.7 })).toMatchObject({ temperature: 1.7, warnings: [] });
  });

  test("says what was asked and which model refused", () => {
    expect(apply("gemini-4-argon", { temperature: 0.2 }).warnings).toEqual([
      { code: "parameter_dropped", message: "temperature 0.2 was not sent: gemini-4-argon no longer honours it." },
    ]);
  });
});

describe("applyParameters: copilot", () => {
  test("drops everything, with a warning for each", () => {
    const ask = { temperature: 0, max_output_tokens: 5, max_thinking_budget: 0, output_json: true, output_schema: {} };
    const { maxOutputTokens, temperature, thinking, warnings } = applyParameters(undefined, "copilot", ask);
    expect({ maxOutputTokens, temperature, thinking }).toEqual({
      maxOutputTokens: 8192,
      temperature: undefined,
      thinking: undefined,
    });
    expect(warnings.map(({ code, message }) => [code, message.split(" ")[0]])).toEqual(
      Object.keys(ask).map((name) => ["parameter_dropped", name]),
    );
  });

  test("says nothing of what was not asked", () => {
    expect(applyParameters(catalogued("gpt-6.1-terra"), "copilot", { output_json: false }).warnings).toEqual([]);
  });
});

describe("applyParameters: any request", () => {
  const asks = fc.record(
    {
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      max_output_tokens: fc.integer({ min: 1, max: 1_000_000 }),
      max_thinking_budget: fc.integer({ min: 0, max: 1_000_000 }),
    },
    { requiredKeys: [] },
  );

  const requests = fc.tuple(fc.constantFrom(...allModels()), asks);
  const warningsAbout = (name: string, { warnings }: AppliedParameters) =>
    warnings.filter(({ message }) => message.startsWith(`${name} `)).length;

  test("keeps within the model's output limit, and warns when that is not what was asked", () => {
    fc.assert(
      fc.property(requests, ([model, ask]) => {
        const applied = applyParameters(model, model.provider, ask);
        const asked = ask.max_output_tokens ?? applied.maxOutputTokens;
        expect(applied.maxOutputTokens).toBeLessThanOrEqual(model.max_output_tokens);
        expect(warningsAbout("max_output_tokens", applied)).toBe(asked === applied.maxOutputTokens ? 0 : 1);
      }),
      { numRuns: 1000 },
    );
  });

  test("sends a temperature as asked or warns", () => {
    fc.assert(
      fc.property(requests, ([model, ask]) => {
        const applied = applyParameters(model, model.provider, ask);
        expect(warningsAbout("temperature", applied)).toBe(applied.temperature === ask.temperature ? 0 : 1);
      }),
      { numRuns: 1000 },
    );
  });

  test("sends no thinking that the model does not take", () => {
    fc.assert(
      fc.property(requests, ([model, ask]) => {
        const { thinking, maxOutputTokens } = applyParameters(model, model.provider, ask);
        if (thinking === undefined) return true;
        if (thinking === "off") return model.thinking?.can_disable === true;
        if ("effort" in thinking) return model.thinking?.efforts.includes(thinking.effort) === true;
        const { min, max } = model.thinking?.budget ?? expect.fail(`${model.id} takes no budget`);
        return thinking.budget_tokens >= min && thinking.budget_tokens <= (max ?? maxOutputTokens - 1);
      }),
      { numRuns: 2000 },
    );
  });

  test("warns of thinking unless it is sent as asked", () => {
    fc.assert(
      fc.property(requests, ([model, ask]) => {
        const applied = applyParameters(model, model.provider, ask);
        const sent =
          typeof applied.thinking === "object" && "budget_tokens" in applied.thinking ? applied.thinking.budget_tokens : -1;
        const isAsAsked = ask.max_thinking_budget === undefined || ask.max_thinking_budget === sent;
        const isOff = ask.max_thinking_budget === 0 && (applied.thinking === "off" || model.thinking === null);
        expect(warningsAbout("max_thinking_budget", applied)).toBe(isAsAsked || isOff ? 0 : 1);
      }),
      { numRuns: 2000 },
    );
  });
});
