import { z } from "zod";
import { ALIASES } from "./aliases.ts";
import { allModels } from "./catalogue.ts";
import { type CatalogueModel, EFFORTS } from "./catalogue-model.ts";

const Day = z.iso.date();
const Usd = z.number().nullable().meta({ description: "US dollars per million tokens; null = no known price." });

const PriceTier = z.object({
  above_prompt_tokens: z
    .int()
    .meta({ description: "Applies to the whole request when its prompt is longer than this; 0 = the base price." }),
  input: Usd,
  output: Usd,
  cache_read: Usd,
  cache_write: Usd,
});

/** One model as `GET /v1/models` shows it. */
export const ListedModel = z
  .object({
    id: z.string(),
    provider: z.enum(["claude", "gemini", "codex"]),
    aliases: z.array(z.string()).meta({ description: "Names that may be used for it: this service's own and the vendor's." }),
    context_window: z.int(),
    max_output_tokens: z.int(),
    lifecycle: z.enum(["active", "preview", "legacy", "deprecated", "retired"]),
    retires_at: Day.nullable().meta({ description: "The first UTC day without it." }),
    replacement: z.string().nullable(),
    thinking: z
      .object({
        efforts: z.array(z.enum(EFFORTS)),
        default_effort: z.enum(EFFORTS).nullable(),
        can_disable: z.boolean(),
        budget: z.object({ min: z.int(), max: z.int().nullable() }).nullable(),
      })
      .nullable()
      .meta({ description: "null = it does not think. A budget is in tokens; `max: null` = below the output limit." }),
    prices: z.array(z.object({ effective_from: Day.nullable(), effective_until: Day.nullable(), tiers: z.array(PriceTier) })),
    price_confidence: z.string(),
    sources: z.array(z.string()),
  })
  .meta({ id: "Model", description: "One model of the catalogue. Prices are per million tokens; thinking is billed as output." });
export type ListedModel = z.infer<typeof ListedModel>;

/** The whole catalogue as plain JSON, retired models included, grouped by vendor. */
export const listModels = (): ListedModel[] => allModels().map(listed);

const listed = (model: CatalogueModel): ListedModel => ({
  id: model.id,
  provider: model.provider,
  aliases: [...aliasesOf(model.id), ...model.aliases],
  context_window: model.context_window,
  max_output_tokens: model.max_output_tokens,
  lifecycle: model.lifecycle,
  retires_at: model.retires_at,
  replacement: model.replacement,
  thinking: model.thinking === null ? null : listedThinking(model.thinking),
  prices: model.prices.map(({ effective_from, effective_until, base, tiers = [] }) => ({
    effective_from,
    effective_until,
    tiers: [{ ...base, above_prompt_tokens: 0 }, ...tiers].map(listedTier),
  })),
  price_confidence: model.price_confidence,
  sources: [...model.sources],
});

const aliasesOf = (id: string): string[] =>
  Object.entries(ALIASES)
    .filter(([, { target }]) => target === id)
    .map(([alias]) => alias);

const listedThinking = (thinking: NonNullable<CatalogueModel["thinking"]>): ListedModel["thinking"] => ({
  efforts: [...thinking.efforts],
  default_effort: thinking.default_effort,
  can_disable: thinking.can_disable,
  budget: thinking.budget === undefined ? null : { min: thinking.budget.min, max: thinking.budget.max },
});

const listedTier = (tier: NonNullable<CatalogueModel["prices"][number]["tiers"]>[number]): z.infer<typeof PriceTier> => ({
  above_prompt_tokens: tier.above_prompt_tokens,
  input: tier.input,
  output: tier.output,
  cache_read: tier.cache_read ?? null,
  cache_write: tier.cache_write ?? null,
});
