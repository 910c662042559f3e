import type { ProviderId } from "../providers/provider.ts";
import type { CatalogueProvider } from "./catalogue-model.ts";
import { allPeers, fallbackChain, type Peer, peerNamed, peersOf } from "./fallback-chains.ts";
import type { Deployment, ModelRefusal } from "./model-choice.ts";
import { SELECTION_TABLE, selectionReason } from "./selection-table.ts";
import { BUDGET_MODES, type BudgetMode, COMPLEXITIES, type Complexity, type TaskType } from "./task-words.ts";
import { yardstickNanos } from "./yardstick.ts";

/** `provider` confines the choice to one vendor; absent: any that is configured. */
export type SelectionAsk = {
  task_type: TaskType;
  complexity: Complexity;
  budget_mode: BudgetMode;
  provider?: ProviderId | undefined;
};

/** `alias` is the stable name, or the id of a model that has none; `reason` one readable text. */
export type SelectedModel = { model: string; alias: string; provider: CatalogueProvider; reason: string };
/** A model that came before the chosen one and was not taken. */
type PassedOver = { model: string; provider: CatalogueProvider; reason: string };
export type Selection = SelectedModel & {
  ok: true;
  fallbacks: readonly { provider: CatalogueProvider; model: string }[];
  /** What the other budget modes would choose, then this model's peers. */
  alternatives: readonly SelectedModel[];
  passed_over: readonly PassedOver[];
};

type Pick = { peer: Peer; nanos: number; passedOver: readonly PassedOver[] };

/**
 * The model for a kind of work on a day (models retire, prices change): the table's, or when that cannot be had here its
 * nearest peer that can. Whatever is configured, and on any day, the price at the yardstick never falls from
 * COST_OPTIMIZED to QUALITY_FOCUSED, nor as complexity rises. Models in trouble are passed over while there are others. Refuses with `provider_not_configured` when there is none.
 */
export function selectModel(ask: SelectionAsk, deployment: Deployment, on: Date): Selection | ModelRefusal {
  const row = pickedRow(ask, deployment, on);
  const chosen = row[BUDGET_MODES.indexOf(ask.budget_mode)];
  if (chosen === undefined && deployment.shut !== undefined) return selectModel(ask, { ...deployment, shut: undefined }, on);
  if (chosen === undefined) return nothingToChooseFrom(ask);
  const selected = described(ask, chosen.peer);
  const reason = [selected.reason, ...chosen.passedOver.map(({ model, reason }) => `Passed over ${model}: ${reason}.`)].join(" ");
  return {
    ok: true,
    ...selected,
    reason,
    fallbacks: fallbackChain(selected, deployment, on),
    alternatives: alternatives(ask, chosen.peer, row, deployment, on),
    passed_over: chosen.passedOver,
  };
}

/** What each budget mode chooses at the asked complexity: no cell is let fall below its cheaper and its easier neighbour. */
function pickedRow(ask: SelectionAsk, deployment: Deployment, on: Date): readonly (Pick | undefined)[] {
  let row: readonly (Pick | undefined)[] = [];
  for (const complexity of COMPLEXITIES.slice(0, COMPLEXITIES.indexOf(ask.complexity) + 1)) {
    const harder: (Pick | undefined)[] = [];
    for (const [index, budget_mode] of BUDGET_MODES.entries()) {
      const floor = dearest([row[index], harder[index - 1]]);
      harder.push(picked({ ...ask, complexity, budget_mode }, floor, deployment, on));
    }
    row = harder;
  }
  return row;
}

/** The first candidate of a cell that can be had and costs no less than `floor`; else `floor` itself. */
function picked(ask: SelectionAsk, floor: Pick | undefined, deployment: Deployment, on: Date): Pick | undefined {
  const passedOver: PassedOver[] = [];
  for (const peer of candidatesOf(ask, on)) {
    const nanos = yardstickNanos(peer.model, on);
    const obstacle = obstacleTo(peer, nanos, floor, ask.provider, deployment);
    if (obstacle === undefined && nanos !== null) return { peer, nanos, passedOver };
    if (obstacle !== undefined) passedOver.push({ model: peer.model.id, provider: peer.model.provider, reason: obstacle });
  }
  return floor && { ...floor, passedOver };
}

/** The table's model, its peers, then, for days on which none of them can be had, every other stand-in, cheapest class first. */
function* candidatesOf({ task_type, complexity, budget_mode }: SelectionAsk, on: Date): Generator<Peer> {
  const name = SELECTION_TABLE[task_type][complexity][BUDGET_MODES.indexOf(budget_mode)];
  const first = name === undefined ? undefined : peerNamed(name, on);
  const near = first === undefined ? [] : [first, ...peersOf({ provider: first.model.provider, model: first.model.id }, on)];
  yield* near;
  yield* allPeers(on).filter(({ model }) => near.every((each) => each.model.id !== model.id));
}

function obstacleTo(
  { model }: Peer,
  nanos: number | null,
  floor: Pick | undefined,
  only: ProviderId | undefined,
  { configured, shut }: Deployment,
): string | undefined {
  if (only !== undefined && model.provider !== only) return `only ${only} was asked for`;
  if (!configured.has(model.provider)) return `${model.provider} is not configured here`;
  if (nanos === null) return "it has no price on this day";
  const trouble = shut?.(model.provider, model.id);
  if (trouble !== undefined) return trouble;
  if (floor !== undefined && nanos < floor.nanos) {
    return `it costs less than ${floor.peer.model.id}, which does easier or cheaper work here`;
  }
  return undefined;
}

const dearest = (picks: readonly (Pick | undefined)[]): Pick | undefined =>
  picks.filter((pick) => pick !== undefined).toSorted((a, b) => b.nanos - a.nanos)[0];

const described = (ask: SelectionAsk, { alias, model }: Peer): SelectedModel => ({
  model: model.id,
  alias,
  provider: model.provider,
  reason: selectionReason(ask, alias, model.id),
});

function alternatives(
  ask: SelectionAsk,
  chosen: Peer,
  row: readonly (Pick | undefined)[],
  deployment: Deployment,
  on: Date,
): SelectedModel[] {
  const modes = BUDGET_MODES.flatMap((budget_mode, index) => {
    const other = row[index];
    return other === undefined ? [] : [described({ ...ask, budget_mode }, other.peer)];
  });
  const peers = peersOf({ provider: chosen.model.provider, model: chosen.model.id }, on)
    .filter((peer) => obstacleTo(peer, yardstickNanos(peer.model, on), undefined, ask.provider, deployment) === undefined)
    .map((peer) => described(ask, peer));
  const others = [...modes, ...peers].filter(({ model }) => model !== chosen.model.id);
  return others.filter(({ model }, index) => others.findIndex((each) => each.model === model) === index);
}

function nothingToChooseFrom({ provider }: SelectionAsk): ModelRefusal {
  const message =
    provider === undefined
      ? "A model is chosen among those of claude, codex and gemini, and none of them is configured here."
      : `No model of ${provider} can be chosen here: it is not configured, or its models have no price today.`;
  return { ok: false, code: "provider_not_configured", field: provider === undefined ? "model" : "provider", message };
}
