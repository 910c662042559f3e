import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ALIASES } from "../../../src/models/aliases.ts";
import { allModels } from "../../../src/models/catalogue.ts";
import { ListedModel, listModels } from "../../../src/models/model-list.ts";

const listed = (id: string) => listModels().find((model) => model.id === id);

describe("listModels", () => {
  test("shows every model of the catalogue as its schema says, and nothing more", () => {
    const models = listModels();
    expect(models.map(({ id }) => id)).toEqual(allModels().map(({ id }) => id));
    expect(z.array(ListedModel).parse(models)).toEqual(models);
    expect(JSON.parse(JSON.stringify(models))).toEqual(models);
  });

  test("shows each alias with the model it stands for", () => {
    for (const [alias, { target }] of Object.entries(ALIASES)) expect(listed(target)?.aliases).toContain(alias);
    expect(listed("claude-haiku-4-5")?.aliases).toEqual(["claude-haiku-4-5-20251001"]);
  });

  test("shows prices in dollars per million tokens, by days and prompt length", () => {
    expect(listed("claude-haiku-5-5")?.prices).toEqual([
      {
        effective_from: null,
        effective_until: null,
        tiers: [
          { above_prompt_tokens: 0, input: 0.1, output: 0.5, cache_read: 0.01, cache_write: 0.125 },
          { above_prompt_tokens: 100_000, input: 0.5, output: 2.5, cache_read: 0.05, cache_write: 0.625 },
        ],
      },
    ]);
    expect(listed("gemini-3.8-flash")?.prices.map(({ effective_from }) => effective_from)).toEqual(["2026-09-02", "2027-01-01"]);
  });

  test("shows a missing price as null, not as zero", () => {
    expect(listed("gemini-4-neon")?.prices[0]?.tiers[0]).toMatchObject({ cache_read: null, cache_write: null });
  });

  test("shows how a model thinks", () => {
    expect(listed("claude-haiku-4-5")?.thinking).toEqual({
      efforts: [],
      default_effort: null,
      can_disable: true,
      budget: { min: 1024, max: null },
    });
    expect(listed("gpt-4.1")?.thinking).toBeNull();
  });

  test("shows when a model goes and what comes after it", () => {
    expect(listed("gemini-2.5-pro")).toMatchObject({
      lifecycle: "deprecated",
      retires_at: "2026-12-01",
      replacement: "gemini-3.8-flash",
    });
  });

  test("hands out a copy: changing it does not change the catalogue", () => {
    listed("gpt-5")?.sources.push("nowhere");
    expect(listed("gpt-5")?.sources).not.toContain("nowhere");
  });
});
