import { describe, expect, test } from "vitest";
import { listAllDeliveries } from "../../../src/db/list-deliveries.ts";
import { plansOf } from "./query-plans.ts";

const AFTER = { value: 1_000, id: "dlv_1" };

describe("the plan of the list of all deliveries", () => {
  test("reads as many of each endpoint as a page holds, from where the page begins, and sorts these alone", async () => {
    const plan = await plansOf((db) => listAllDeliveries(db, "w", { status: ["failed"] }, { limit: 50, after: AFTER }));
    expect(plan).toMatch(/SEARCH webhook_endpoints USING (?:COVERING )?(?:INDEX|PRIMARY KEY)[^\n]*\(workspace=\?\)/);
    expect(plan).toContain(
      "SEARCH one USING INDEX deliveries_of_endpoint (workspace=? AND endpoint_id=? AND (created_at,delivery_id)<(?,?))",
    );
    expect(plan).toContain("SEARCH webhook_deliveries USING PRIMARY KEY (workspace=? AND delivery_id=?)");
    expect(plan).not.toMatch(/SCAN (?:one|own|webhook_deliveries|webhook_endpoints)/);
  });

  test("reads those of one event by the beginning of their keys", async () => {
    const plan = await plansOf((db) => listAllDeliveries(db, "w", { eventIds: ["a", "b"] }, { limit: 50, after: undefined }));
    expect(plan).toContain("SEARCH own USING PRIMARY KEY (workspace=? AND delivery_id>? AND delivery_id<?)");
    expect(plan).toContain("SEARCH webhook_deliveries USING PRIMARY KEY (workspace=? AND delivery_id=?)");
    expect(plan).not.toMatch(/SCAN (?:own|webhook_deliveries)/);
  });
});
