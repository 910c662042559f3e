import { describe, expect, test } from "vitest";
import { currentModel, isRetired } from "../../../src/models/lifecycle.ts";
import { SELECTION_TABLE } from "../../../src/models/selection-table.ts";
import { BUDGET_MODES, COMPLEXITIES, TASK_TYPES } from "../../../src/models/task-words.ts";
import { catalogued } from "./catalogued.ts";
import { BOUNDARIES, CELLS, DEPLOYMENTS, dollarsFor, EVERY_VENDOR, select, TODAY } from "./selecting.ts";

const day = (at: Date): string => at.toISOString().slice(0, 10);
const SINCE_TODAY = BOUNDARIES.filter((on) => on >= TODAY);

/** Descents in a row of prices: empty when it never falls. */
const falls = (prices: readonly number[]): number[] => prices.filter((price, index) => price < (prices[index - 1] ?? 0));

describe("selectModel at every price boundary of the catalogue", () => {
  test("the boundaries are known: there are prices that begin and end, and models that retire", () => {
    expect(BOUNDARIES.map(day)).toEqual(expect.arrayContaining(["2026-10-07", "2026-12-01", "2027-01-01", "2027-01-14"]));
  });

  describe.each(DEPLOYMENTS.map((deployment) => [[...deployment.configured].join("+"), deployment] as const))(
    "with %s",
    (_name, deployment) => {
      const price = (ask: (typeof CELLS)[number], on: Date) => dollarsFor(select(ask, deployment, on).model, on);

      test("the price never falls from COST_OPTIMIZED to QUALITY_FOCUSED", () => {
        for (const on of BOUNDARIES)
          for (const task_type of TASK_TYPES)
            for (const complexity of COMPLEXITIES) {
              const prices = BUDGET_MODES.map((budget_mode) => price({ task_type, complexity, budget_mode }, on));
              expect(falls(prices), `${day(on)} ${task_type} ${complexity}`).toEqual([]);
            }
      });

      test("the price never falls as complexity rises", () => {
        for (const on of BOUNDARIES)
          for (const task_type of TASK_TYPES)
            for (const budget_mode of BUDGET_MODES) {
              const prices = COMPLEXITIES.map((complexity) => price({ task_type, complexity, budget_mode }, on));
              expect(falls(prices), `${day(on)} ${task_type} ${budget_mode}`).toEqual([]);
            }
      });

      test("nothing retired and nobody who is not configured is chosen, offered or fallen back on", () => {
        for (const on of BOUNDARIES)
          for (const ask of CELLS) {
            const { model, provider, fallbacks, alternatives } = select(ask, deployment, on);
            for (const named of [{ model, provider }, ...fallbacks, ...alternatives]) {
              expect(isRetired(catalogued(named.model), on), `${named.model} on ${day(on)}`).toBe(false);
              expect(deployment.configured).toContain(named.provider);
            }
          }
      });
    },
  );
});

describe("SELECTION_TABLE", () => {
  test("has all 63 cells", () => {
    expect(CELLS).toHaveLength(63);
    const rows = Object.values(SELECTION_TABLE).flatMap((levels) => Object.values<readonly string[]>(levels));
    expect(rows.map((row) => row.length)).toEqual(Array.from({ length: 21 }, () => 3));
  });

  test("needs no mending: with every vendor configured each cell's own model is chosen, on every day from the catalogue's on", () => {
    for (const on of SINCE_TODAY)
      for (const ask of CELLS) {
        const cell = SELECTION_TABLE[ask.task_type][ask.complexity][BUDGET_MODES.indexOf(ask.budget_mode)] ?? "";
        const { alias, model, passed_over } = select(ask, EVERY_VENDOR, on);
        expect([alias, model, passed_over]).toEqual([cell, currentModel(cell, on)?.model?.id, []]);
      }
  });

  test("gives every cell a reason of its own that names the model and what speaks for it", () => {
    const reasons = CELLS.map((ask) => select(ask));
    expect(new Set(reasons.map(({ reason }) => reason)).size).toBe(63);
    for (const { reason, model } of reasons) expect(reason).toMatch(new RegExp(`^[A-Z][a-z ]+: ${model}, .{10,}\\.$`));
  });
});
