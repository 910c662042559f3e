import { describe, expect, test } from "vitest";
import { type CostGroup, costs } from "../../../src/db/costs.ts";
import type { DelegationFilters } from "../../../src/db/delegation-filters.ts";
import { providerHealth } from "../../../src/db/provider-health.ts";
import { plansOf } from "./query-plans.ts";

describe("the plan of a report", () => {
  /** What the full-text index has of the span comes first, and each is read once. */
  const FOUND_FIRST = `LEFT-MOST SUBQUERY
SCAN history VIRTUAL TABLE INDEX 0:M5><
SEARCH delegations USING PRIMARY KEY (workspace=? AND task_id=?)`;
  test.each([{ by: [] }, { by: ["model"] }, { by: ["agent", "day"] }] as const)(
    "by $by reads the sums, and of other days the index of delegations and the attempts that have more to say",
    async ({ by }) => {
      const plan = await plansOf((told) => costs(told, "w", by, { created_after: 1 }));
      expect(plan).toContain("SEARCH cost_sums USING PRIMARY KEY (workspace=? AND per_attempt=? AND day=?)");
      expect(plan).toContain(
        "SEARCH delegations USING COVERING INDEX delegations_by_time (workspace=? AND created_at>? AND created_at<?)",
      );
      expect(plan).toContain("SEARCH attempts USING PRIMARY KEY (workspace=? AND task_id=?)");
      expect(plan).not.toMatch(/SCAN (?:delegations|attempts|cost_)/);
    },
  );

  test.each<[string, CostGroup[], DelegationFilters, string]>([
    ["by batch", ["batch"], {}, "COVERING INDEX delegations_by_time (workspace=?"],
    ["above a cost", [], { min_cost_nanos: 5 }, "COVERING INDEX delegations_by_time (workspace=?"],
    ["of a batch", [], { batch_id: "b" }, "INDEX delegations_of_batch (workspace=? AND batch_id=?"],
    ["of a property in a span", [], { properties: { team: "red" }, created_after: 1 }, FOUND_FIRST],
  ])("%s the sums do not tell: delegations are read from an index", async (_name, by, filters, index) => {
    const plan = await plansOf((told) => costs(told, "w", by, filters));
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/SCAN (?:delegations|attempts)|cost_sums/);
  });

  test("the health of providers does too", async () => {
    const plan = await plansOf((told) => providerHealth(told, "w", 1));
    expect(plan).toContain("delegations_by_time (workspace=? AND created_at>?)");
    expect(plan).toContain("SEARCH a USING PRIMARY KEY (workspace=? AND task_id=?)");
  });
});
