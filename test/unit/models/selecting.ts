import { expect } from "vitest";
import { allModels, findModel } from "../../../src/models/catalogue.ts";
import type { CatalogueProvider } from "../../../src/models/catalogue-model.ts";
import type { Deployment } from "../../../src/models/model-choice.ts";
import { type Selection, type SelectionAsk, selectModel } from "../../../src/models/selection.ts";
import { BUDGET_MODES, COMPLEXITIES, TASK_TYPES } from "../../../src/models/task-words.ts";
import { noon } from "./catalogued.ts";
import { only } from "./resolving.ts";

/** A day on which the catalogue's facts were collected. */
export const TODAY = noon("2026-11-22");
const VENDORS: readonly CatalogueProvider[] = ["claude", "codex", "gemini"];
export const EVERY_VENDOR = only(...VENDORS);
/** Every deployment in which at least one vendor is configured. */
export const DEPLOYMENTS = VENDORS.flatMap((_, size) => combinations(VENDORS, size + 1)).map((vendors) => only(...vendors));

function combinations<T>(from: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return from.flatMap((first, index) => combinations(from.slice(index + 1), size - 1).map((rest) => [first, ...rest]));
}

/** All 63 questions. */
export const CELLS: readonly SelectionAsk[] = TASK_TYPES.flatMap((task_type) =>
  COMPLEXITIES.flatMap((complexity) => BUDGET_MODES.map((budget_mode) => ({ task_type, complexity, budget_mode }))),
);

const daysAround = (day: string): Date[] => [-1, 0, 1].map((days) => new Date(noon(day).getTime() + days * 86_400_000));

/** The days before, on and after each on which a price or a model of the catalogue begins or ends, and a far one. */
export const BOUNDARIES: readonly Date[] = [
  ...new Set(
    allModels()
      .flatMap(({ prices, retires_at }) => [...prices.map(({ effective_from }) => effective_from), retires_at])
      .filter((day) => day !== null)
      .flatMap(daysAround)
      .concat(TODAY, noon("2030-01-01"))
      .map((at) => at.getTime()),
  ),
].map((at) => new Date(at));

export function select(ask: SelectionAsk, deployment: Deployment = EVERY_VENDOR, on = TODAY): Selection {
  const selection = selectModel(ask, deployment, on);
  return selection.ok ? selection : expect.fail(selection.message);
}

/** US dollars for 2,000 tokens in and 1,000 out at the list prices of that day, worked out apart from the code under test. */
export function dollarsFor(id: string, on: Date): number {
  const day = on.toISOString().slice(0, 10);
  const dated = findModel(id)?.prices.find(
    ({ effective_from, effective_until }) => (effective_from ?? day) <= day && day <= (effective_until ?? day),
  );
  if (dated === undefined) return expect.fail(`${id} has no price on ${day}`);
  return (2_000 * dated.base.input + 1_000 * dated.base.output) / 1e6;
}
