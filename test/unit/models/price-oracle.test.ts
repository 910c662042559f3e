import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { describe, expect, test } from "vitest";
import { allModels } from "../../../src/models/catalogue.ts";
import type { CatalogueModel } from "../../../src/models/catalogue-model.ts";
import { costNanos, pricesAt } from "../../../src/models/prices.ts";
import type { Usage } from "../../../src/providers/provider.ts";

const ORACLE_PROVIDER = { claude: "anthropic", codex: "openai", gemini: "google" } as const;

/** The oracle matches names by prefix: only ids that are its own entries count as known. */
const isKnown = ({ provider, id }: CatalogueModel) =>
  findProvider({ providerId: ORACLE_PROVIDER[provider] })?.models.some((entry) => entry.id === id) ?? false;

const usage = (input: number, cached: number, written: number, output: number): Usage => ({
  input_tokens: input,
  cached_input_tokens: cached,
  cache_write_input_tokens: written,
  output_tokens: output,
  reasoning_output_tokens: Math.floor(output / 2),
});

const USAGES = [
  usage(1000, 0, 0, 500),
  usage(1, 0, 0, 1),
  usage(12_345, 10_000, 0, 678),
  usage(50_000, 20_000, 20_000, 4096),
  usage(99_999, 0, 0, 0),
  usage(130_000, 0, 0, 8000),
  usage(199_999, 100_000, 0, 8000),
  usage(200_001, 100_000, 0, 8000),
  usage(271_998, 0, 0, 10),
  usage(272_001, 1, 0, 10),
  usage(900_000, 500_000, 100_000, 120_000),
];

/** Since the oracle's data are of 2026-09-23, prices are compared from then on. */
const DAYS = ["2026-09-24", "2026-11-22", "2026-12-24", "2027-02-01"];

const YOUNGER_THAN_ORACLE: readonly string[] = [
  "claude-fable-5-2",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "gpt-6.2-sol",
  "gpt-6.1-sol",
  "gpt-6.1-terra",
  "gemini-4-carbon",
  "gemini-4-neon",
  "gemini-4-argon",
  "gemini-4-hydrogen",
];

const known = allModels().filter(isKnown);

const both = (model: CatalogueModel, counts: Usage, day: string) => {
  const at = new Date(`${day}T12:00:00Z`);
  const prices = pricesAt(model, at, counts.input_tokens);
  const oracle = calcPrice(
    {
      input_tokens: counts.input_tokens,
      cache_read_tokens: counts.cached_input_tokens,
      cache_write_tokens: counts.cache_write_input_tokens,
      output_tokens: counts.output_tokens,
    },
    model.id,
    { providerId: ORACLE_PROVIDER[model.provider], timestamp: at },
  );
  return { ours: prices === null ? null : costNanos(counts, prices), oracle };
};

describe("costNanos against @pydantic/genai-prices", () => {
  test("covers every model but those that are younger than the oracle's data", () => {
    expect(
      allModels()
        .filter((model) => !isKnown(model))
        .map(({ id }) => id),
    ).toEqual(YOUNGER_THAN_ORACLE);
  });

  test.each(known)("$id costs the same for every prompt that fits its context window", (model) => {
    const differences = DAYS.flatMap((day) =>
      USAGES.filter((counts) => counts.input_tokens <= model.context_window)
        .map((counts) => ({ day, counts, ...both(model, counts, day) }))
        .filter(({ ours, oracle }) => ours !== null && Math.abs(ours - (oracle?.total_price ?? Number.NaN) * 1e9) > 1)
        .map(({ counts, ours, oracle }) => ({ id: model.id, day, counts, ours, oracle: oracle?.total_price })),
    );
    expect(differences).toEqual([]);
  });

  test.each(known)("$id has no price of ours only where the catalogue lists none", (model) => {
    const missing = DAYS.flatMap((day) =>
      USAGES.filter((counts) => counts.cached_input_tokens + counts.cache_write_input_tokens === 0).map((counts) =>
        both(model, counts, day),
      ),
    );
    expect(missing.filter(({ ours }) => ours === null)).toEqual([]);
  });

  test.each(known)("$id is looked up under its own entry", (model) => {
    expect(both(model, usage(1, 0, 0, 1), "2026-11-22").oracle?.model.id).toBe(model.id);
  });
});
