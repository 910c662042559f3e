import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { DAY_MS } from "../../../src/db/cost-days.ts";
import { type CostGroup, costs } from "../../../src/db/costs.ts";
import type { DelegationFilters } from "../../../src/db/delegation-filters.ts";
import { propertyDaysToRoll } from "../../../src/db/property-sums.ts";
import { providerHealth } from "../../../src/db/provider-health.ts";
import { STATUSES } from "../../../src/delegations/delegation.ts";
import { plansOf } from "./query-plans.ts";

describe("the plan of a report", () => {
  /** What the full-text index has of the spans, each once. */
  const FOUND = `SCAN history VIRTUAL TABLE INDEX 0:M5><
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
    ["by batch and agent", ["batch", "agent"], {}, "COVERING INDEX delegations_by_time (workspace=?"],
    ["by batch, of a status", ["batch"], { status: ["failed"] }, "COVERING INDEX delegations_by_time (workspace=?"],
    ["above a cost", [], { min_cost_nanos: 5 }, "COVERING INDEX delegations_by_time (workspace=?"],
    ["of a batch", [], { batch_id: "b" }, "INDEX delegations_of_batch (workspace=? AND batch_id=?"],
    ["of a property by batch", ["batch"], { properties: { team: "red" } }, FOUND],
    ["of a number", [], { properties: { team: "7" }, created_after: 1 }, FOUND],
    ["of two properties", [], { properties: { team: "red", site: "b" } }, FOUND],
  ])("%s the sums do not tell: delegations are read from an index", async (_name, by, filters, index) => {
    const plan = await plansOf((told) => costs(told, "w", by, filters));
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/SCAN (?:delegations|attempts)|_sums/);
  });

  test.each<CostGroup[][]>([[["batch"]], [["flow", "day"]]])(
    "by %j reads the sums of batches, and of other days the index of delegations",
    async (by) => {
      const plan = await plansOf((told) => costs(told, "w", by, { created_after: 1 }));
      expect(plan).toContain("SEARCH batch_sums USING PRIMARY KEY (workspace=? AND day=?)");
      expect(plan).toContain("COVERING INDEX delegations_by_time (workspace=? AND created_at>? AND created_at<?)");
      expect(plan).not.toMatch(/SCAN (?:delegations|attempts|batch_|cost_)/);
    },
  );

  test.each<CostGroup[][]>([[[]], [["model", "day"]]])(
    "of a property by %j reads its sums, and of other days what the full-text index has",
    async (by) => {
      const plan = await plansOf((told) =>
        costs(told, "w", by, { properties: { team: "red" }, agent: "coder", created_after: 1 }),
      );
      expect(plan).toContain(
        "SEARCH property_sums USING PRIMARY KEY (workspace=? AND day=? AND name=? AND value=? AND per_attempt=?)",
      );
      expect(plan).toContain(FOUND);
      expect(plan).not.toMatch(/SCAN (?:delegations|attempts|property_|cost_)/);
    },
  );

  test("of a property with every filter there is carries no more values than D1 takes", async () => {
    const filters = {
      ...{ status: STATUSES, agent: "a", provider: "claude", model: "m", task_type: "TESTING", source: "run" },
      ...{ created_after: 1, created_before: 2 * DAY_MS, properties: { team: "red" } },
    };
    const counts: number[] = [];
    const prepare = (text: string): object => ({
      bind(...values: unknown[]) {
        counts.push(values.length);
        return prepare(text);
      },
      all: async () => ({ results: [] }),
    });
    const counted = createDatabase({ prepare } as unknown as D1Database);
    await costs(counted, "w", ["model", "provider", "agent", "task_type", "key", "day"], filters);
    expect(counts.length).toBeGreaterThan(1);
    expect(Math.max(...counts)).toBeLessThanOrEqual(100);
  });

  test("days whose properties are due are found by index", async () => {
    const plan = await plansOf((told) => propertyDaysToRoll(told, 1, 1));
    expect(plan).toBe("SEARCH cost_days USING INDEX cost_days_properties_due (properties_due>? AND properties_due<?)");
  });

  test("the health of providers does too", async () => {
    const plan = await plansOf((told) => providerHealth(told, "w", 1));
    expect(plan).toContain("delegations_by_time (workspace=? AND created_at>?)");
    expect(plan).toContain("SEARCH a USING PRIMARY KEY (workspace=? AND task_id=?)");
  });
});
