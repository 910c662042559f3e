import { ALIASES } from "./aliases.ts";
import { findModel } from "./catalogue.ts";
import type { CatalogueModel } from "./catalogue-model.ts";

export type ModelWarning = { code: "model_retired" | "model_retires_soon"; message: string };

const SOON_MS = 30 * 86_400_000;
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** True from the first UTC day on which the vendor no longer serves the model. */
export const isRetired = (model: CatalogueModel, on: Date): boolean =>
  model.lifecycle === "retired" || (model.retires_at !== null && dayOf(on) >= model.retires_at);

/**
 * The model that a known name (alias, vendor id) stands for on a day: retired models give way to their successors, one
 * after the other. undefined for a name nobody knows; `model: undefined` when the retired one has no successor here.
 */
export function currentModel(
  name: string,
  on: Date,
): { model: CatalogueModel; warnings: readonly ModelWarning[] } | { model: undefined; last: CatalogueModel } | undefined {
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  const first = findModel(alias?.target ?? name);
  if (first === undefined) return undefined;
  let model = first;
  const seen = new Set([model.id]);
  while (isRetired(model, on)) {
    const next = findModel(model.auto_routes_to ?? model.replacement ?? "");
    if (next === undefined || seen.has(next.id)) return { model: undefined, last: model };
    seen.add(next.id);
    model = next;
  }
  const retired = alias?.retired ?? (model === first ? undefined : retirement(first));
  return { model, warnings: [...retiredWarning(name, retired, model), ...soonWarning(model, on)] };
}

const retirement = ({ retires_at }: CatalogueModel): string => (retires_at === null ? "by its vendor" : `on ${retires_at}`);

const retiredWarning = (name: string, retired: string | undefined, model: CatalogueModel): readonly ModelWarning[] =>
  retired === undefined
    ? []
    : [{ code: "model_retired", message: `${name} was retired ${retired}: ${model.id} is used instead.` }];

function soonWarning(model: CatalogueModel, on: Date): readonly ModelWarning[] {
  if (model.retires_at === null || model.retires_at > dayOf(new Date(on.getTime() + SOON_MS))) return [];
  const successor = model.auto_routes_to ?? model.replacement;
  const advice = successor === null ? "" : ` Its successor is ${successor}.`;
  return [{ code: "model_retires_soon", message: `${model.id} retires on ${model.retires_at}.${advice}` }];
}
