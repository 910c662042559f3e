/** The vendors whose models the catalogue describes, under our names. */
export type CatalogueProvider = "claude" | "gemini" | "codex";

export const EFFORTS = ["minimal", "low", "medium", "high", "xhigh", "max"] as const;
/** How hard a model thinks, weakest first; the union of the vendors' words. */
export type Effort = (typeof EFFORTS)[number];

/** US dollars per million tokens; null or absent = the vendor names no price for it. */
export type ListPrices = {
  readonly input: number;
  readonly output: number;
  readonly cache_read?: number | null;
  /** Writing to the cache at its default lifetime: 5 minutes at Anthropic, 30 minutes at OpenAI. */
  readonly cache_write?: number | null;
  /** The long lifetime (1 hour, 12 hours), which this project never asks for. */
  readonly cache_write_long?: number | null;
};

/** Prices of a span of UTC days, both ends included; null = open. */
export type DatedPrices = {
  readonly effective_from: string | null;
  readonly effective_until: string | null;
  readonly base: ListPrices;
  /** A longer prompt reprices the whole request, output included. Prompt = uncached + cache reads + cache writes. Ascending. */
  readonly tiers?: readonly (ListPrices & { readonly above_prompt_tokens: number })[];
};

/** What a service tier multiplies all prices by: a number, one that changes after a UTC day, or a range (price not known). */
export type TierMultiplier =
  | number
  | { readonly until: string; readonly multiplier: number; readonly afterwards: number }
  | { readonly min: number; readonly max: number };

/** What the model's thinking can be told. Thinking tokens are billed as output by every vendor. */
export type ThinkingSupport = {
  /** Effort words it takes, weakest first; empty when it takes only a budget. */
  readonly efforts: readonly Effort[];
  /** What it does when not told; null = not stated by the vendor. */
  readonly default_effort: Effort | null;
  /** Whether thinking can be switched off in a call that asks for nothing else. */
  readonly can_disable: boolean;
  /** What the vendor attaches to switching it off. */
  readonly disable_note?: string;
  /** Range in tokens of models that take a budget; `max: null` = below the call's output limit. Others answer 400 to a budget. */
  readonly budget?: { readonly min: number; readonly max: number | null; readonly deprecated?: boolean };
  /** Anthropic only: the values of `thinking.type`, and whether it thinks when not told. */
  readonly accepts?: readonly ("adaptive" | "between_tools" | "enabled" | "disabled")[];
  readonly default_on?: boolean;
};

/**
 * What the model does with `temperature`: `removed` the API answers 400 · `old_version` only under Anthropic's version
 * 2023-06-01, which this project does not send · `ignored` / `deprecated` without effect · `thinking_off` accepted only
 * with thinking off, else 400 · `accepted` 0 to 2.
 */
type TemperatureSupport = "removed" | "old_version" | "ignored" | "deprecated" | "thinking_off" | "accepted";

/** Facts about one model of one vendor, as of 2026-11-22. Days are UTC, `YYYY-MM-DD`. */
export type CatalogueModel = {
  /** The vendor's own id, matched exactly. */
  readonly id: string;
  readonly provider: CatalogueProvider;
  /** Other exact ids the vendor gives the same model. */
  readonly aliases: readonly string[];
  readonly released: string | null;
  readonly lifecycle: "active" | "preview" | "legacy" | "deprecated" | "retired";
  /** The first day on which the vendor no longer serves it. */
  readonly retires_at: string | null;
  readonly not_retired_before?: string;
  /** The successor that the vendor (or, where it names none, the catalogue) recommends. */
  readonly replacement: string | null;
  /** After retirement the vendor answers with this model instead, at its prices. */
  readonly auto_routes_to?: string;
  /** In tokens. */
  readonly context_window: number;
  readonly max_input_tokens: number | null;
  readonly max_output_tokens: number;
  /** null = it does not think. */
  readonly thinking: ThinkingSupport | null;
  /** Absent = not stated by the vendor. */
  readonly temperature?: TemperatureSupport;
  /** Other peculiarities of its API, in the vendor's field names. */
  readonly params: { readonly [name: string]: string | number | boolean };
  readonly prices: readonly DatedPrices[];
  /** By the word that the vendor echoes as service tier; the standard tier is 1. */
  readonly tier_multipliers: { readonly [tier: string]: TierMultiplier };
  /** Anthropic's speed option: dollars per million tokens. Never asked for here. */
  readonly fast_mode?: ListPrices;
  readonly free_tier?: boolean;
  readonly price_note?: string;
  /** How sure the prices are and why. */
  readonly price_confidence: string;
  readonly sources: readonly string[];
};
