import { z } from "zod";
import type { Config } from "../config.ts";
import { createDatabase } from "../db/client.ts";
import type { DelegationFilters } from "../db/delegation-filters.ts";
import { type ModelUsage, modelUsage } from "../db/model-usage.ts";
import { type StatRow, stats } from "../db/stats.ts";
import { deploymentOf } from "../delegations/admission/deployment.ts";
import { AppError } from "../errors.ts";
import { dollars } from "../lib/nanos.ts";
import { allModels } from "../models/catalogue.ts";
import { type Alternative, counterfactual, PROMPT_LENGTHS } from "../models/counterfactual.ts";
import { isRetired } from "../models/lifecycle.ts";
import { resolveModel } from "../models/resolve-model.ts";
import { TASK_TYPES } from "../models/task-words.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import type { Api } from "./api.ts";
import type { Operation } from "./operation.ts";
import { WINDOW, windowOf } from "./report-window.ts";

const MOST_NAMED = 50;

const Dollars = z.number().nullable().meta({ description: "US dollars; null = not known." });
const Nanos = z.int().nullable();
const seen = {
  success_rate: z
    .number()
    .nullable()
    .meta({ description: "Of this workspace's attempts at the model in the window; null = none." }),
  average_score: z.number().nullable(),
  latency_p50_ms: z.number().nullable(),
};
const Actual = z.object({
  model: z.string(),
  provider: z.string(),
  count: z.int(),
  tokens: z.int(),
  cost: Dollars,
  cost_nanos: Nanos,
  ...seen,
});
const ReportedAlternative = z
  .object({
    model: z.string(),
    provider: z.enum(PROVIDER_IDS),
    endpoint: z.string().nullable(),
    cost: Dollars,
    cost_nanos: Nanos,
    difference: Dollars.meta({ description: "US dollars more than was paid; negative = saved." }),
    difference_nanos: Nanos,
    ratio: z.number().nullable().meta({ description: "Of its cost to what was paid." }),
    unpriced_count: z.int().meta({ description: "Attempts of days on which it has no known price: then its cost is not known." }),
    note: z.string().nullable().meta({ description: "What is uncertain." }),
    ...seen,
  })
  .meta({ id: "ModelAlternative" });

const ModelsReport = z
  .object({
    actual: z.object({
      count: z.int().meta({ description: "Completed attempts whose cost is known: these are compared." }),
      tokens: z.int(),
      cost: Dollars,
      cost_nanos: Nanos,
      left_out: z.int().meta({ description: "Completed attempts whose cost is not known." }),
      models: z.array(Actual).meta({ description: "By the model that answered, dearest first; the cost is all that is known." }),
    }),
    alternatives: z.array(ReportedAlternative).meta({ description: "Cheapest first, those without a known cost last." }),
    complete: z.boolean().meta({ description: "False when there was more in the window than is looked at." }),
  })
  .meta({ id: "ModelsReport" });
export type ModelsReport = z.infer<typeof ModelsReport>;

const name = z.string().min(1).max(200).optional();

const report = {
  method: "get",
  path: "/v1/models/report",
  id: "reportModels",
  tag: "Models",
  scope: "read",
  summary: "What the same work would have cost on other models",
  description:
    "From the real token counts of completed attempts, at each alternative's prices on the day of each attempt, long prompts at the prices for long prompts, in the standard tier. Tokens of a cache that an alternative has no price for count as prompt. Failed attempts are left out on both sides, and so is Copilot, whose tokens are of many calls.",
  querySchema: z.strictObject({
    models: z
      .string()
      .transform((text) => [...new Set(text.split(","))])
      .pipe(z.array(z.string().min(1)).min(1).max(MOST_NAMED))
      .optional()
      .meta({
        description:
          "The alternatives, as a delegation names models, separated by commas; else all of the catalogue's that are configured.",
      }),
    provider: z.enum(PROVIDER_IDS).optional(),
    model: name.meta({ description: "Only what this model answered." }),
    task_type: z.enum(TASK_TYPES).optional(),
    agent: name,
    ...WINDOW,
  }),
  successes: { 200: { description: "What was paid, and what would have been.", schema: ModelsReport } },
  errors: ["provider_not_configured"],
} as const satisfies Operation;

export function addModelsReport(api: Api): void {
  api.add(report, async ({ context, config, principal, query }) => {
    const { models, window, created_after, created_before, ...asked } = query;
    const now = new Date();
    const alternatives =
      models === undefined ? currentModels(config, now) : models.map((each, index) => named(each, index, config, now));
    const filters: DelegationFilters = { ...asked, ...windowOf({ window, created_after, created_before }, now.getTime()) };
    const db = createDatabase(context.env.DB);
    const { model: _model, provider: _provider, ...unnamed } = filters;
    const [{ rows, complete }, how] = await Promise.all([
      modelUsage(db, principal.workspace, filters, PROMPT_LENGTHS),
      stats(db, principal.workspace, ["provider", "model"], unnamed),
    ]);
    const seenOf = seenBy(how.attempts.groups);
    const priced = rows.filter(({ cost_nanos }) => cost_nanos !== null);
    const paid = sum(priced, ({ cost_nanos }) => cost_nanos ?? 0);
    const found = alternatives.map((each) => ({ ...compared(each, priced, paid, config), ...seenOf(each.provider, each.model) }));
    const total = { ...totals(priced), left_out: sum(rows, ({ count }) => count) - sum(priced, ({ count }) => count) };
    return context.json({
      actual: { ...total, models: byModel(rows).map((own) => ({ ...own, ...seenOf(own.provider, own.model) })) },
      alternatives: found.toSorted((one, other) => (one.cost_nanos ?? Infinity) - (other.cost_nanos ?? Infinity) || 0),
      complete,
    });
  });
}

function currentModels(config: Config, on: Date): Alternative[] {
  const { configured } = deploymentOf(config);
  return allModels()
    .filter((model) => configured.has(model.provider) && model.lifecycle !== "deprecated" && !isRetired(model, on))
    .map(({ provider, id }) => ({ provider, endpoint: null, model: id }));
}

function named(model: string, index: number, config: Config, on: Date): Alternative {
  const choice = resolveModel({ model }, deploymentOf(config), on);
  if (choice.ok) return { provider: choice.provider, endpoint: choice.endpoint, model: choice.model };
  const path = `models.${index}`;
  throw new AppError(choice.code, `${path}: ${choice.message}`, [{ path, message: choice.message }]);
}

function compared(alternative: Alternative, used: readonly ModelUsage[], paid: number, { compatible }: Config) {
  const { nanos, unpriced, tooLong } = counterfactual(used, alternative, compatible);
  const difference_nanos = nanos === null ? null : nanos - paid;
  const others = [...new Set(used.map(({ provider }) => provider))].filter((provider) => provider !== alternative.provider);
  const notes = [
    unpriced > 0 ? `It has no known price for ${unpriced} of the attempts.` : "",
    tooLong ? "Some of the prompts do not fit it." : "",
    others.length > 0 ? `Tokens were counted by ${others.join(", ")}: its own count of the same text differs.` : "",
  ].filter((text) => text !== "");
  return {
    ...alternative,
    cost: dollars(nanos),
    cost_nanos: nanos,
    difference: dollars(difference_nanos),
    difference_nanos,
    ratio: nanos === null || paid === 0 ? null : nanos / paid,
    unpriced_count: unpriced,
    note: notes.length === 0 ? null : notes.join(" "),
  };
}

function byModel(rows: readonly ModelUsage[]) {
  const groups = [...Map.groupBy(rows, ({ provider, model }) => JSON.stringify([provider, model])).values()];
  return groups
    .flatMap((own) => (own[0] === undefined ? [] : [{ model: own[0].model, provider: own[0].provider, ...totals(own) }]))
    .toSorted((one, other) => (other.cost_nanos ?? -1) - (one.cost_nanos ?? -1));
}

function totals(rows: readonly ModelUsage[]) {
  const isKnown = rows.some(({ cost_nanos }) => cost_nanos !== null);
  const nanos = isKnown ? sum(rows, ({ cost_nanos }) => cost_nanos ?? 0) : null;
  const tokens = sum(rows, ({ input_tokens, output_tokens }) => input_tokens + output_tokens);
  return { count: sum(rows, ({ count }) => count), tokens, cost: dollars(nanos), cost_nanos: nanos };
}

const sum = <T>(rows: readonly T[], value: (row: T) => number): number => rows.reduce((total, row) => total + value(row), 0);

function seenBy(groups: readonly StatRow[]) {
  return (provider: string, model: string) => {
    const own = groups.find((group) => group.provider === provider && group.model === model);
    const ended = (own?.completed ?? 0) + (own?.failed ?? 0) + (own?.interrupted ?? 0);
    return {
      success_rate: own === undefined || ended === 0 ? null : own.completed / ended,
      average_score: own?.average_score ?? null,
      latency_p50_ms: own?.latency_p50 ?? null,
    };
  };
}
