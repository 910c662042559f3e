import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Step, World } from "./ledger-world.ts";

const MOST_STEPS = 120;
const steps = fc.array(Step, { minLength: 20, maxLength: MOST_STEPS, size: "max" });

describe("whatever is lost, doubled, late, evicted or edited", () => {
  test("no reservation brings a budget over its limit, none that fits is refused, and at the end no money is held", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const world = new World();
        world.ledger.put("a", { scope: "workspace", period: "total", limit: 3_000 / 1e9, warn_at: [0.8], allow_unpriced: false });
        for (const step of script) world.step(step);
        world.settleAll();
        for (const budget of world.ledger.budgets()) {
          expect([budget.reserved_nanos, budget.spent_nanos]).toEqual([0, world.spentIn(budget)]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("while its limit is not touched, a budget is never overspent", () => {
    const untouched = fc.array(
      Step.filter((step) => step.do !== "put" && step.do !== "delete"),
      {
        minLength: 20,
        maxLength: MOST_STEPS,
        size: "max",
      },
    );
    fc.assert(
      fc.property(untouched, fc.constantFrom("total" as const, "day" as const), (script, period) => {
        const world = new World();
        world.ledger.put("a", { scope: "workspace", period, limit: 2_500 / 1e9, warn_at: [0.8], allow_unpriced: false });
        for (const step of script) {
          world.step(step);
          const [budget] = world.ledger.budgets();
          expect((budget?.spent_nanos ?? 0) + (budget?.reserved_nanos ?? 0)).toBeLessThanOrEqual(2_500);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("a new budget says of every period what one says that was there all along", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const world = new World();
        for (const step of script) world.step(step);
        for (const budget of world.ledger.budgets()) {
          const { scope, subject, period, limit } = budget;
          const same = { scope, ...(subject !== null && { subject }), period, limit, warn_at: [0.8], allow_unpriced: false };
          world.ledger.put("again", same);
          const again = world.ledger.budgets().find(({ name }) => name === "again");
          expect(again).toMatchObject({ spent_nanos: budget.spent_nanos, reserved_nanos: budget.reserved_nanos });
        }
      }),
      { numRuns: 100 },
    );
  });
});
