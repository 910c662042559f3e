import { describe, expect, test } from "vitest";
import type { CircuitReport, Permit } from "../../../../src/circuits/circuit.ts";
import { passCircuit } from "../../../../src/delegations/attempts/attempt-gate.ts";
import { circuitReport } from "../../../../src/delegations/attempts/circuit-report.ts";
import { moveAtCircuit } from "../../../../src/delegations/attempts/retry-policy.ts";
import { attemptOf, candidate, candidates, specOf, T0, taskOf } from "../delegating.ts";

const GO: Permit = { kind: "go" };
const wait = (until: number, why: "refused" | "faulty" = "faulty"): Permit => ({
  kind: "wait",
  why,
  until,
  faults: 5,
  lastFault: "provider_upstream",
});
const AVOID: Permit = { kind: "avoid", faults: 0, lastFault: "provider_auth" };

describe("moveAtCircuit", () => {
  const alone = { hasOtherCandidate: false, now: T0, deadlineAt: T0 + 60_000 };
  const covered = { ...alone, hasOtherCandidate: true };

  test("goes where it is let through", () => {
    expect([moveAtCircuit(GO, alone), moveAtCircuit(GO, covered)]).toEqual([{ move: "go" }, { move: "go" }]);
  });

  test("waits when there is nobody else, but not past the deadline", () => {
    expect(moveAtCircuit(wait(T0 + 5_000), alone)).toEqual({ move: "again", at: T0 + 5_000 });
    expect(moveAtCircuit(wait(T0 + 90_000), alone)).toEqual({ move: "again", at: T0 + 60_000 });
  });

  test("goes to another candidate, unless it is about a short pause after a refusal", () => {
    expect(moveAtCircuit(wait(T0 + 10), covered)).toEqual({ move: "next-candidate" });
    expect(moveAtCircuit(wait(T0 + 2_000, "refused"), covered)).toEqual({ move: "again", at: T0 + 2_000 });
    expect(moveAtCircuit(wait(T0 + 2_001, "refused"), covered)).toEqual({ move: "next-candidate" });
  });

  test("never waits for an account that is refused", () => {
    expect([moveAtCircuit(AVOID, alone), moveAtCircuit(AVOID, covered)]).toEqual([{ move: "go" }, { move: "next-candidate" }]);
  });
});

/** Circuits that answer for each model as told. */
const circuits = (permits: { [model: string]: Permit }, asked: string[] = []) => ({
  permit: async ({ model }: { model: string }) => {
    asked.push(model);
    return permits[model] ?? GO;
  },
  report: (_key: object, _report: CircuitReport) => undefined,
});
const now = () => T0;

describe("passCircuit", () => {
  test("passes over every candidate that is shut, and stays with the last one", async () => {
    const { task } = taskOf(specOf({}, { candidates: candidates(3) }));
    const shut = { "model-1": wait(T0 + 9_000), "model-2": AVOID, "model-3": wait(T0 + 7_000) };
    expect(await passCircuit(task, { circuits: circuits(shut), now })).toBe(false);
    expect(task.state).toMatchObject({ candidate: 2, due_at: T0 + 7_000, attempts: [], tries: 0, status: "pending" });
    expect(task.state.warnings.map(({ message }) => message)).toEqual([
      "model-1 of claude was passed over: its circuit is open after 5 faults in a row, the last one provider_upstream.",
      "model-2 of claude was passed over: its circuit is open after provider_auth.",
    ]);
  });

  test("writes nothing for a wait, so that a killed object only asks again; the list is told of one that is long", async () => {
    const { task, rows, reloaded } = taskOf();
    const before = rows.get("state");
    await passCircuit(task, { circuits: circuits({ "model-1": wait(T0 + 30_000) }), now });
    expect(rows.get("state")).toEqual(before);
    expect(reloaded().state.due_at).toBe(T0);
    await passCircuit(task, { circuits: circuits({ "model-1": wait(T0 + 31_000) }), now });
    expect(reloaded().state).toMatchObject({ due_at: T0 + 31_000, version: 2 });
  });

  test("does not begin an attempt of a task that was cancelled while the circuit was asked", async () => {
    const { task } = taskOf();
    const asking = passCircuit(task, { circuits: circuits({}), now });
    task.commit({ ...task.state, version: 2, status: "cancelled" }, [], { flush: true });
    expect(await asking).toBe(false);
  });

  test("asks nothing about vendors that work at a pace of their own", async () => {
    const asked: string[] = [];
    const { task } = taskOf(specOf({}, { candidates: [candidate({ provider: "copilot", model: "" })] }));
    expect(await passCircuit(task, { circuits: circuits({}, asked), now })).toBe(true);
    expect(asked).toEqual([]);
  });
});

describe("circuitReport", () => {
  const failed = (code: "timeout" | "provider_upstream", ms: number, different: object = {}) =>
    attemptOf({ status: "failed", error: { code, message: "" }, ended_at: T0 + ms, ...different });
  const ended = { kind: "ended", retryAfterMs: 3_000 } as const;

  test("tells of an answer, its beginning, and a failure with its Retry-After", () => {
    expect(circuitReport([attemptOf()], 1, { kind: "answers" })).toEqual({ kind: "accepted", started_at: T0 });
    expect(circuitReport([attemptOf({ status: "completed" })], 1, ended)).toEqual({ kind: "answered", started_at: T0 });
    expect(circuitReport([failed("provider_upstream", 5)], 1, ended)).toEqual({
      kind: "failed",
      started_at: T0,
      code: "provider_upstream",
      retryAfterMs: 3_000,
      repeated: false,
    });
  });

  test("says of a fault that follows one of the same task at the same candidate that it is repeated", () => {
    const first = failed("provider_upstream", 5);
    const repeated = (second: object) =>
      circuitReport([first, failed("provider_upstream", 9, { number: 2, ...second })], 2, ended);
    expect([repeated({}), repeated({ candidate: 1 })]).toMatchObject([{ repeated: true }, { repeated: false }]);
  });

  test("takes a time-out for silence only after a minute without a word", () => {
    expect(circuitReport([failed("timeout", 59_999)], 1, ended)).toBeUndefined();
    expect(circuitReport([failed("timeout", 60_000, { first_token_at: T0 + 1 })], 1, ended)).toBeUndefined();
    expect(circuitReport([failed("timeout", 60_000)], 1, ended)).toMatchObject({ code: "timeout" });
  });

  test("says nothing of a cancelled call", () => {
    expect(circuitReport([attemptOf({ status: "cancelled" })], 1, ended)).toBeUndefined();
  });
});
