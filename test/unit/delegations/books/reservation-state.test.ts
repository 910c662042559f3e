import { describe, expect, test } from "vitest";
import { reservationStateOf, settlements } from "../../../../src/delegations/books/reservation-state.ts";
import type { AttemptState } from "../../../../src/delegations/delegation-state.ts";

const attempt = (number: number, status: AttemptState["status"], cost_max_nanos: number | null) =>
  ({ number, status, cost_max_nanos, started_at: number * 1_000 }) as AttemptState;

const ATTEMPTS = [attempt(1, "failed", 30), attempt(2, "interrupted", null), attempt(3, "running", 70)];
const TASK = { spec: { hash: "h" }, state: { attempts: ATTEMPTS, version: 9, due_at: 5_000, deadline_at: 8_000 } };
const ask = (number: number, hash = "h") => ({ hash, attempt: number });

describe("reservationStateOf", () => {
  test("an ended attempt is settled with the most it can have cost, a running one says by when it ends", () => {
    expect(reservationStateOf(TASK, undefined, ask(1))).toEqual({
      kind: "settled",
      settlement: { attempt: 1, at: 1_000, nanos: 30, version: 9 },
    });
    expect(reservationStateOf(TASK, undefined, ask(2))).toMatchObject({ settlement: { nanos: null } });
    expect(reservationStateOf(TASK, undefined, ask(3))).toEqual({ kind: "running", ends_at: 5_000 });
  });

  test("what has not begun, another body, and a task that nobody knows are unknown", () => {
    const unknown = { kind: "unknown" };
    expect(reservationStateOf(TASK, undefined, ask(4))).toEqual(unknown);
    expect(reservationStateOf(TASK, undefined, ask(1, "other"))).toEqual(unknown);
    expect(reservationStateOf(undefined, undefined, ask(1))).toEqual(unknown);
  });

  test("of a deleted task everything is settled", () => {
    const erased = { row: { hash: "h", version: 4 }, attempts: [attempt(1, "completed", 30)] };
    const tombstone = erased as unknown as Parameters<typeof reservationStateOf>[1];
    expect(reservationStateOf(undefined, tombstone, ask(1))).toMatchObject({ kind: "settled", settlement: { version: 4 } });
    expect(reservationStateOf(undefined, tombstone, ask(2))).toEqual({ kind: "unknown" });
  });
});

test("settlements are those of ended attempts", () => {
  expect(settlements(ATTEMPTS, 9).map(({ attempt: number, nanos }) => [number, nanos])).toEqual([
    [1, 30],
    [2, null],
  ]);
});
