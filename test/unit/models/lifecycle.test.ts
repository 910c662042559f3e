import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALIASES } from "../../../src/models/aliases.ts";
import { allModels } from "../../../src/models/catalogue.ts";
import { isRetired } from "../../../src/models/lifecycle.ts";
import { noon } from "./catalogued.ts";
import { ALL, outcome, refusal, resolve, warnings } from "./resolving.ts";

describe("resolveModel: lifecycle", () => {
  test.each([
    ["gemini-2.5-pro", "2026-11-30", "gemini-2.5-pro", "model_retires_soon"],
    ["gemini-2.5-pro", "2026-12-01", "gemini-3.8-flash", "model_retired"],
    ["gemini-2.5-flash", "2026-12-01", "gemini-3.5-flash-lite", "model_retired"],
    ["claude-sonnet-4-5", "2026-11-29", "claude-sonnet-4-5", "model_retires_soon"],
    ["claude-sonnet-4-5", "2026-11-30", "claude-sonnet-5-5", "model_retired"],
    ["claude-sonnet-4-5-20250929", "2026-11-30", "claude-sonnet-5-5", "model_retired"],
    ["gpt-5", "2026-12-11", "gpt-5.6-sol", "model_retired"],
  ])("answers %s on %s with %s", (model, day, id, code) => {
    expect(outcome({ model }, ALL, noon(day))[1]).toBe(id);
    expect(warnings({ model }, ALL, noon(day)).map((warning) => warning.code)).toEqual([code]);
  });

  test("names both models and the day", () => {
    expect(warnings({ model: "gpt-5" }, ALL, noon("2027-01-01"))).toEqual([
      { code: "model_retired", message: "gpt-5 was retired on 2026-12-11: gpt-5.6-sol is used instead." },
    ]);
    expect(warnings({ model: "gpt-5" })).toEqual([
      { code: "model_retires_soon", message: "gpt-5 retires on 2026-12-11. Its successor is gpt-5.6-sol." },
    ]);
  });

  test("warns of a retirement from 30 days before, not earlier", () => {
    expect(warnings({ model: "gpt-4o" }, ALL, noon("2026-12-14"))).toEqual([]);
    expect(warnings({ model: "gpt-4o" }, ALL, noon("2026-12-15"))).toEqual([
      { code: "model_retires_soon", message: "gpt-4o retires on 2027-01-14." },
    ]);
  });

  test("refuses a retired model that has no successor, and says what to use", () => {
    expect(outcome({ model: "gpt-4o" }, ALL, noon("2027-01-14"))).toEqual(["invalid_request", "model"]);
    expect(refusal({ model: "gpt-4o" }, ALL, noon("2027-01-14"))).toContain("gpt-6.1-terra");
  });

  test("still refuses the wrong provider for a retired model without a successor", () => {
    expect(refusal({ provider: "claude", model: "gpt-4o" }, ALL, noon("2027-01-14"))).toContain("is a model of codex");
  });

  test("never resolves to a retired model, on any day, from any name", () => {
    const names = [...Object.keys(ALIASES), ...allModels().flatMap(({ id, aliases }) => [id, ...aliases])];
    const days = fc.date({ min: new Date("2026-11-22"), max: new Date("2028-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...names), days, (model, on) => {
        const choice = resolve({ model }, ALL, on);
        if (!choice.ok) return choice.message.includes("without a successor");
        const chosen = allModels().find(({ id }) => id === choice.model);
        return chosen !== undefined && !isRetired(chosen, on) && chosen.provider === choice.provider;
      }),
      { numRuns: 1000 },
    );
  });
});
