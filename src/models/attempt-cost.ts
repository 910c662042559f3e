import type { ProviderId, Usage } from "../providers/provider.ts";
import { findModel } from "./catalogue.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { costNanos, pricesAt, reachablePrices, type TokenPrices, tokenPrices } from "./prices.ts";

/** Prices that the deployment gives its compatible endpoints: US dollars per million tokens; absent = unpriced, 0 = free. */
export type CompatiblePrices = {
  readonly [endpoint: string]: {
    readonly models: { readonly [id: string]: { readonly input?: number | undefined; readonly output?: number | undefined } };
  };
};

/** Who was asked for what. `endpoint` is set for `compatible` only. */
type Asked = { provider: ProviderId; endpoint: string | null; model: string };

/** `YYYYMMDD` (Anthropic) or `YYYY-MM-DD` (OpenAI) behind a model id names a snapshot of that model. */
const SNAPSHOT = /^-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;

/**
 * The cost of one attempt in nano-dollars; null = not known, never a guess. The model that answered decides; when the
 * catalogue does not know it, the asked model's price holds only for a dated snapshot of just that model. `at` is when
 * the request was sent. Copilot's cost comes from GitHub, not from here: null.
 */
export function priceAttempt(
  attempt: Asked & { answeredModel: string | undefined; usage: Usage; serviceTier: string | undefined; at: Date },
  compatible: CompatiblePrices,
): number | null {
  const { usage } = attempt;
  if (attempt.provider === "compatible") {
    const prices = endpointPrices(compatible, attempt.endpoint, [attempt.answeredModel, attempt.model]);
    return prices === null ? null : costNanos(usage, prices);
  }
  const model = billedModel(attempt.model, attempt.answeredModel);
  if (model === undefined || model.provider !== attempt.provider) return null;
  const prices = pricesAt(model, attempt.at, usage.input_tokens, attempt.serviceTier);
  return prices === null ? null : costNanos(usage, prices);
}

/**
 * Every price at which a request of at most `promptTokens` can be charged, for `boundNanos`; empty = not known. Includes
 * the model that the vendor answers with instead once it retires this one.
 */
export function candidatePrices(
  candidate: Asked & { promptTokens: number; at: Date },
  compatible: CompatiblePrices,
): readonly TokenPrices[] {
  if (candidate.provider === "compatible") {
    const prices = endpointPrices(compatible, candidate.endpoint, [candidate.model]);
    return prices === null ? [] : [prices];
  }
  const model = findModel(candidate.model);
  if (model === undefined || model.provider !== candidate.provider) return [];
  const successor = model.auto_routes_to === undefined ? undefined : findModel(model.auto_routes_to);
  return [model, ...(successor === undefined ? [] : [successor])].flatMap((each) =>
    reachablePrices(each, candidate.at, candidate.promptTokens),
  );
}

function billedModel(asked: string, answered: string | undefined): CatalogueModel | undefined {
  if (answered === undefined || answered === "") return findModel(asked);
  const isSnapshot = answered.startsWith(asked) && SNAPSHOT.test(answered.slice(asked.length));
  return findModel(answered) ?? (isSnapshot ? findModel(asked) : undefined);
}

/** The owner's input price holds for the whole prompt, cached or not: it is the only one there is. */
function endpointPrices(
  compatible: CompatiblePrices,
  endpoint: string | null,
  ids: readonly (string | undefined)[],
): TokenPrices | null {
  if (endpoint === null || !Object.hasOwn(compatible, endpoint)) return null;
  const models = compatible[endpoint]?.models ?? {};
  const id = ids.find((each) => each !== undefined && Object.hasOwn(models, each));
  const { input, output } = (id === undefined ? undefined : models[id]) ?? {};
  if (input === undefined || output === undefined) return null;
  return tokenPrices({ input, output, cache_read: input, cache_write: input });
}
