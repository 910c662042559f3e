import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allModels } from "../../../src/models/catalogue.ts";
import { type AppliedParameters, applyParameters, type ParameterAsk } from "../../../src/models/parameters.ts";
import { catalogued } from "./catalogued.ts";

const apply = (id: string, ask: ParameterAsk) => {
  const model = catalogued(id);
  return applyParameters(model, model.provider, ask);
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

  test("is sent as asked to a compatible endpoint, whose models only share their names with the catalogue's", () => {
    expect(applyParameters(catalogued("gpt-4.1"), "compatible", { max_output_tokens: 500_000 })).toMatchObject({
      maxOutputTokens: 500_000,
      warnings: [],
    });
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
