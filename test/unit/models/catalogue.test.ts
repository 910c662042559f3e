import { describe, expect, test } from "vitest";
import { ALIASES } from "../../../src/models/aliases.ts";
import { COPILOT_MODELS } from "../../../src/models/catalogue/copilot.ts";
import { allModels, findModel } from "../../../src/models/catalogue.ts";
import { EFFORTS } from "../../../src/models/catalogue-model.ts";

const names = allModels().flatMap((model) => [model.id, ...model.aliases]);
const DAY = /^\d{4}-\d{2}-\d{2}$/;

describe("allModels", () => {
  test("gives every id and vendor alias once", () => {
    expect(allModels()).toHaveLength(43);
    expect(new Set(names).size).toBe(names.length);
  });

  test("names successors that the catalogue knows, but for one that it need not follow", () => {
    const missing = allModels()
      .flatMap(({ id, replacement, auto_routes_to }) => [replacement, auto_routes_to].map((to) => ({ id, to })))
      .filter(({ to }) => to !== null && to !== undefined && findModel(to) === undefined);
    expect(missing).toEqual([{ id: "gemini-2.0-flash", to: "gemini-3.6-flash" }]);
    expect(ALIASES["gemini-2.0-flash"]?.target).toBe("gemini-3.8-flash");
  });

  test.each(allModels())("$id has a source, a price confidence and prices above zero", (model) => {
    expect(model.sources.length).toBeGreaterThan(0);
    expect(model.price_confidence).toMatch(/^(high|medium|low): /);
    for (const { base, tiers = [] } of model.prices) {
      for (const list of [base, ...tiers]) {
        expect(list.input).toBeGreaterThan(0);
        expect(list.output).toBeGreaterThan(list.input);
        expect(list.cache_read ?? 0).toBeLessThan(list.input);
      }
    }
  });

  test.each(allModels())("$id has price days that follow one another without gap or overlap", (model) => {
    expect(model.prices.at(-1)?.effective_until).toBeNull();
    for (const [index, { effective_from }] of model.prices.entries()) {
      const before = model.prices[index - 1]?.effective_until;
      if (before === undefined || before === null || effective_from === null) {
        expect(index).toBe(0);
        continue;
      }
      expect(effective_from).toMatch(DAY);
      expect(Date.parse(effective_from) - Date.parse(before)).toBe(86_400_000);
    }
  });

  test.each(allModels())("$id has prompt-length tiers in ascending order, each dearer than the one below", (model) => {
    for (const { base, tiers = [] } of model.prices) {
      const steps = [{ ...base, above_prompt_tokens: 0 }, ...tiers];
      for (const [index, step] of steps.slice(1).entries()) {
        const below = steps[index];
        expect(step.above_prompt_tokens).toBeGreaterThan(below?.above_prompt_tokens ?? Number.NaN);
        expect(step.input).toBeGreaterThan(below?.input ?? Number.NaN);
        expect(step.output).toBeGreaterThan(below?.output ?? Number.NaN);
      }
    }
  });

  test.each(allModels())("$id lists its efforts weakest first, its default among them", ({ thinking }) => {
    if (thinking === null) return;
    expect(thinking.efforts).toEqual(EFFORTS.filter((effort) => (thinking.efforts as readonly string[]).includes(effort)));
    if (thinking.default_effort !== null) expect(thinking.efforts).toContain(thinking.default_effort);
    expect(thinking.efforts.length > 0 || thinking.budget !== undefined).toBe(true);
  });
});

describe("findModel", () => {
  test("finds a model by its id and by the vendor's dated id", () => {
    expect(findModel("claude-opus-4-5")?.id).toBe("claude-opus-4-5");
    expect(findModel("claude-opus-4-5-20251101")?.id).toBe("claude-opus-4-5");
  });

  test("tells models apart whose ids begin alike", () => {
    expect(findModel("claude-sonnet-5")?.prices[0]?.base.cache_read).toBe(0.2);
    expect(findModel("claude-sonnet-5-5")?.prices.at(-1)?.base.cache_read).toBe(0.1);
  });

  test.each(["claude-sonnet-5-5-fast", "gpt-6.1", "GPT-4.1", "claude", "", "__proto__", "constructor"])(
    "knows nothing by the name %j",
    (id) => {
      expect(findModel(id)).toBeUndefined();
    },
  );
});

describe("ALIASES", () => {
  test.each(Object.entries(ALIASES))("%s stands for an active model", (_, { target }) => {
    expect(findModel(target)?.lifecycle).toBe("active");
  });

  test("hides a vendor id only when that model is retired", () => {
    const hidden = Object.keys(ALIASES).filter((alias) => findModel(alias) !== undefined);
    expect(hidden.map((alias) => findModel(alias)?.lifecycle)).toEqual(hidden.map(() => "retired"));
    expect(hidden).toHaveLength(5);
  });
});

describe("COPILOT_MODELS", () => {
  test("are spelled with dots, each once", () => {
    expect(new Set(COPILOT_MODELS).size).toBe(COPILOT_MODELS.length);
    expect(COPILOT_MODELS.filter((id) => /-\d-\d/.test(id))).toEqual([]);
  });
});
