import { describe, expect, test } from "vitest";
import type { Database } from "../../../src/db/client.ts";
import { AuditedDeeds } from "../../../src/delegations/audited-deeds.ts";
import { MemoryRows } from "../../support/memory-rows.ts";

const BY = { actor: "ann", key_id: "key_1", request_id: "r" };
const deed = (subject: string) => ({ workspace: "w", action: "delegation.approved" as const, subject });

/** A database whose writes run `write`. */
const databaseThat = (write: () => Promise<void>) =>
  ({ insert: () => ({ values: () => ({ onConflictDoNothing: () => ({ run: write }) }) }) }) as unknown as Database;

describe("AuditedDeeds", () => {
  test("a deed waits in one row until it is written, and then leaves none", async () => {
    const rows = new MemoryRows();
    let due = 0;
    const deeds = new AuditedDeeds(rows, () => {
      due += 1;
    });
    deeds.add(deed("a"), BY, 1_000);
    deeds.add(deed("b"), BY, 1_000);
    expect([due, rows.keys]).toEqual([2, ["audit"]]);
    await expect(deeds.carry(databaseThat(() => Promise.reject(new Error("D1 is away"))))).rejects.toThrow("D1 is away");
    expect(rows.get("audit")).toHaveLength(2);
    expect(await deeds.carry(databaseThat(async () => {}))).toBe("done");
    expect(rows.keys).toEqual([]);
  });

  test("what is done while others are written waits on", async () => {
    const rows = new MemoryRows();
    const deeds = new AuditedDeeds(rows, () => {});
    deeds.add(deed("a"), BY, 1_000);
    await deeds.carry(databaseThat(async () => deeds.add(deed("b"), BY, 2_000)));
    expect(rows.get("audit")).toEqual([expect.objectContaining({ subject: "b" })]);
  });
});
