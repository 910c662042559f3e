import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptedState } from "../../../src/delegations/delegation-state.ts";
import { DelegationStore } from "../../../src/delegations/delegation-store.ts";
import { tombstone } from "../../../src/delegations/projection.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { runningState, specOf, T0, usage } from "./delegating.ts";

function stored() {
  const rows = new MemoryRows();
  return { rows, store: new DelegationStore(rows) };
}

const checkpoint = { attempt: 1, usage: usage(3, 4), model: "model-1", request_id: "req_1", first_token_at: T0 };

describe("DelegationStore", () => {
  test("writes nothing when it is only asked", () => {
    const { rows, store } = stored();
    expect([store.state(), store.spec(), store.erased(), store.lastPack(), store.packWith(1)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(rows.writes).toBe(0);
  });

  test("keeps state and spec as they were", () => {
    const { store } = stored();
    const spec = specOf({ system: "Be brief.", properties: { team: "core" } });
    store.putSpec(spec);
    store.putState(runningState(spec));
    expect(store.spec()).toEqual(spec);
    expect(store.state()).toEqual(runningState(spec));
  });

  test.each([
    ["one byte a character", "x".repeat(1_400_000)],
    ["two bytes a character", "限".repeat(500_000)],
    ["characters of two units, cut anywhere", `x${"😀".repeat(374_999)}`],
    ["nothing but escapes", "\u0001".repeat(240_000)],
  ])("keeps the largest spec in rows that the platform takes: %s", (_, prompt) => {
    const { store, rows } = stored();
    const spec = specOf({ prompt });
    store.putSpec(spec);
    expect(store.spec()?.input.prompt === prompt).toBe(true);
    expect(rows.keys.length).toBeGreaterThan(1);
  });

  test("finds the pack that holds an event, whichever of its events is asked for", () => {
    const { store } = stored();
    store.putPack({ first: 1, lines: "a\nb\nc", checkpoint: undefined });
    store.putPack({ first: 4, lines: "d", checkpoint });
    store.putPack({ first: 5, lines: "e\nf", checkpoint: undefined });
    expect([1, 2, 3, 4, 5, 6].map((seq) => store.packWith(seq)?.first)).toEqual([1, 1, 1, 4, 5, 5]);
    expect(store.packWith(4)).toEqual({ first: 4, lines: "d", checkpoint });
    expect(store.lastPack()).toEqual({ first: 5, lines: "e\nf", checkpoint: undefined });
  });

  test("keeps packs in the order of their numbers, not of their digits", () => {
    const { store } = stored();
    for (const first of [1, 9, 10, 99, 100, 1_000, 99_999, 100_000]) {
      store.putPack({ first, lines: String(first), checkpoint: undefined });
    }
    expect(store.lastPack()?.first).toBe(100_000);
    expect(store.packWith(99_998)?.first).toBe(1_000);
    expect(store.packWith(98)?.first).toBe(10);
  });

  test("a pack of any text comes back as it was, over one row or many", () => {
    const { store } = stored();
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), fc.integer({ min: 1, max: 1_600_000 }), (text, length) => {
        const lines = text.repeat(Math.ceil(length / text.length));
        store.putPack({ first: 7, lines, checkpoint });
        expect(store.packWith(7)?.lines === lines).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test("erasing leaves one row, the tombstone, however much there was", () => {
    const { store, rows } = stored();
    const spec = specOf({ prompt: "x".repeat(1_400_000) });
    store.putSpec(spec);
    store.putState(acceptedState(spec));
    for (let first = 1; first <= 200; first += 1) store.putPack({ first, lines: "a", checkpoint: undefined });
    store.putPack({ first: 201, lines: "限".repeat(1_200_000), checkpoint: undefined });
    rows.put("outbox/projection", { due_at: T0, failures: 0 });
    store.erase(tombstone(spec, acceptedState(spec), T0));
    expect(rows.keys).toEqual(["erased"]);
    expect(store.erased()?.row).toMatchObject({ task_id: "task-1", deleted_at: T0, version: 2 });
    expect(store.state()).toBeUndefined();
    expect(store.lastPack()).toBeUndefined();
  });

  test("the tombstone holds the books and none of the texts", () => {
    const spec = specOf({ prompt: "SECRET", properties: { note: "SECRET" } });
    const state = { ...runningState(spec), error: { code: "refused", message: "SECRET" } };
    const { row, attempts } = tombstone(spec, state, T0);
    expect(JSON.stringify({ row, attempts })).not.toContain("SECRET");
    expect(attempts).toHaveLength(1);
    expect(row.cost_max_nanos).toBe(1_000);
  });
});
