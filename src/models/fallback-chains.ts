import type { ProviderId } from "../providers/provider.ts";
import { findModel } from "./catalogue.ts";
import type { CatalogueModel, CatalogueProvider } from "./catalogue-model.ts";
import { currentModel } from "./lifecycle.ts";
import type { Deployment } from "./model-choice.ts";
import { yardstickNanos } from "./yardstick.ts";

/** A model that stands in for another: its stable name (its id when it has none) and what that means on the day. */
export type Peer = { readonly alias: string; readonly model: CatalogueModel };

/**
 * Models that stand in for each other, one per vendor, in the order in which they are tried. A model belongs to the first
 * class whose limit its price for 2,000 tokens in and 1,000 out is below, in nano-dollars: price is the one measure of
 * what a model can do that all of them have. One without a known price counts as `standard`.
 */
const CLASSES = {
  economy: { belowNanos: 4_000_000, peers: ["claude-haiku", "gpt-6-luna", "gemini-1.5-flash"] },
  standard: { belowNanos: 12_000_000, peers: ["gpt-4", "gemini-2.0-flash", "claude-sonnet"] },
  strong: { belowNanos: 20_000_000, peers: ["gpt-4-turbo", "claude-sonnet", "gemini-1.5-pro"] },
  best: { belowNanos: Number.POSITIVE_INFINITY, peers: ["claude-opus", "gpt-4-turbo", "gemini-1.5-pro"] },
} as const;

const MAX_FALLBACKS = 2;

/** What `name` means on a day; undefined when it is retired without a successor, or nobody knows it. */
export function peerNamed(name: string, on: Date): Peer | undefined {
  const model = currentModel(name, on)?.model;
  return model === undefined ? undefined : { alias: name, model };
}

/** Every model that stands in for others, each once, the cheapest class first. */
export const allPeers = (on: Date): readonly Peer[] =>
  [...new Set(Object.values(CLASSES).flatMap(({ peers }) => peers))]
    .map((name) => peerNamed(name, on))
    .filter((peer) => peer !== undefined);

/** The other vendors' models of the same class as `model` (a vendor's id) of `provider`, in order; configured or not. */
export function peersOf({ provider, model: id }: { provider: ProviderId; model: string }, on: Date): readonly Peer[] {
  const model = isCatalogued(provider) ? findModel(id) : undefined;
  return peerNamesFor(model === undefined ? null : yardstickNanos(model, on))
    .map((name) => peerNamed(name, on))
    .filter((peer) => peer !== undefined)
    .filter(({ model: { provider: vendor, id: other } }) => vendor !== provider && other !== id);
}

/**
 * Who takes over when `first` fails, on a day: at most two models of other vendors, of similar price, on providers that
 * are configured here. Never the same model, never a retired one; empty when no other vendor is configured. Those in trouble
 * are left out while there are others.
 */
export function fallbackChain(
  first: { provider: ProviderId; model: string },
  deployment: Deployment,
  on: Date,
): readonly { provider: CatalogueProvider; model: string }[] {
  const inTrouble = shutPeers(first, deployment, on);
  const reachable = peersOf(first, on).filter(({ model }) => deployment.configured.has(model.provider));
  const well = reachable.filter(({ model }) => !inTrouble.some((shut) => shut.model === model.id));
  return (well.length === 0 ? reachable : well)
    .slice(0, MAX_FALLBACKS)
    .map(({ model: { provider, id } }) => ({ provider, model: id }));
}

/** The peers of `first` that could take over here if nothing spoke against them just now, and what does. */
export const shutPeers = (
  first: { provider: ProviderId; model: string },
  { configured, shut }: Deployment,
  on: Date,
): readonly { model: string; reason: string }[] =>
  peersOf(first, on).flatMap(({ model }) => {
    const reason = configured.has(model.provider) ? shut?.(model.provider, model.id) : undefined;
    return reason === undefined ? [] : [{ model: model.id, reason }];
  });

function peerNamesFor(nanos: number | null): readonly string[] {
  if (nanos === null) return CLASSES.standard.peers;
  return (Object.values(CLASSES).find(({ belowNanos }) => nanos < belowNanos) ?? CLASSES.best).peers;
}

const isCatalogued = (provider: ProviderId): provider is CatalogueProvider => provider !== "copilot" && provider !== "compatible";
