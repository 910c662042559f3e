import { beforeEach, describe, expect, test } from "vitest";
import { type Circuit, type CircuitReport, CLEAN, type Permit, reported } from "../../../src/circuits/circuit.ts";
import type { CircuitProtocol } from "../../../src/circuits/circuit-rpc.ts";
import { forgetCircuits, KnownCircuits } from "../../../src/circuits/known-circuits.ts";

const T0 = Date.UTC(2026, 10, 22, 10);
const KEY = { provider: "claude", endpoint: null, model: "m" };
const refusal = (started_at: number): CircuitReport => ({
  kind: "failed",
  code: "provider_rate_limited",
  started_at,
  retryAfterMs: 60_000,
  repeated: false,
});
const SHUT = reported(CLEAN, refusal(T0), T0);

/** An isolate with one object behind it, its clock, and what the object was asked. What that answers is a copy, as all that travels. */
function isolate(circuit: Circuit = CLEAN) {
  const clock = { now: T0 };
  const object = { circuit, permit: { kind: "go" } as Permit };
  const asked: string[] = [];
  const pending: Promise<unknown>[] = [];
  const ask = async <T>(what: string, answer: () => T): Promise<T> => {
    asked.push(what);
    return structuredClone(answer());
  };
  const protocol: CircuitProtocol = {
    snapshot: () => ask("snapshot", () => object.circuit),
    permit: () => ask("permit", () => ({ permit: object.permit, circuit: object.circuit })),
    report: (report) =>
      ask(report.kind, () => {
        object.circuit = reported(object.circuit, report, clock.now);
        return object.circuit;
      }),
  };
  const circuits = new KnownCircuits({
    object: () => protocol,
    background: (work) => pending.push(work),
    now: () => clock.now,
  });
  const settle = () => Promise.all(pending.splice(0));
  return { circuits, clock, object, asked, settle };
}

beforeEach(forgetCircuits);

describe("a circuit that is free", () => {
  test("is asked about once, and after five seconds again in the background", async () => {
    const { circuits, clock, asked, settle } = isolate();
    for (let index = 0; index < 100; index += 1) expect(await circuits.permit(KEY)).toEqual({ kind: "go" });
    clock.now += 4_999;
    await circuits.permit(KEY);
    expect(asked).toEqual(["snapshot"]);
    clock.now += 1;
    await Promise.all([circuits.permit(KEY), circuits.permit(KEY)]);
    await settle();
    expect(asked).toEqual(["snapshot", "snapshot"]);
  });

  test("hears of no success", async () => {
    const { circuits, asked } = isolate();
    await circuits.permit(KEY);
    circuits.report(KEY, { kind: "accepted", started_at: T0 });
    circuits.report(KEY, { kind: "answered", started_at: T0 });
    expect(asked).toEqual(["snapshot"]);
  });
});

describe("a circuit that is not free", () => {
  test("is asked for a permit each time", async () => {
    const { circuits, asked, object } = isolate(SHUT);
    object.permit = { kind: "wait", why: "refused", until: T0 + 60_000, faults: 0, lastFault: null };
    await circuits.permit(KEY);
    expect(await circuits.permit(KEY)).toEqual(object.permit);
    expect(asked).toEqual(["snapshot", "permit", "permit"]);
  });

  test("is known to be so here as soon as a refusal has come back, before its object has answered", async () => {
    const { circuits, asked } = isolate();
    await circuits.permit(KEY);
    circuits.report(KEY, refusal(T0));
    expect(circuits.known(KEY).shut).toMatchObject({ why: "refused" });
    for (let index = 0; index < 50; index += 1) circuits.report(KEY, refusal(T0 - 1));
    expect(asked).toEqual(["snapshot", "failed"]);
  });

  test("is free again here with the first answer, of which one report is enough", async () => {
    const { circuits, clock, asked, settle } = isolate(SHUT);
    await circuits.permit(KEY);
    clock.now += 60_000;
    for (let index = 0; index < 10; index += 1) circuits.report(KEY, { kind: "accepted", started_at: clock.now });
    await settle();
    expect(circuits.known(KEY).shut).toBeNull();
    expect(asked.filter((what) => what === "accepted")).toHaveLength(1);
  });
});

describe("an object that fails", () => {
  test.each([
    ["refuses", () => Promise.reject(new Error("overloaded"))],
    [
      "throws",
      () => {
        throw new Error("no such binding");
      },
    ],
  ])("because it %s lets calls through and reports be lost", async (_how, fail) => {
    const background: Promise<unknown>[] = [];
    const broken: CircuitProtocol = { snapshot: fail, permit: fail, report: fail };
    const circuits = new KnownCircuits({ object: () => broken, background: (work) => background.push(work), now: () => T0 });
    expect(await circuits.permit(KEY)).toEqual({ kind: "go" });
    circuits.report(KEY, refusal(T0));
    await expect(Promise.all(background)).resolves.toEqual([undefined]);
    expect(await circuits.permit(KEY)).toEqual({ kind: "go" });
    expect(await circuits.read(KEY)).toBeUndefined();
  });
});

test("what is known is bounded, whatever the models are called", async () => {
  const { circuits, asked } = isolate();
  for (let index = 0; index <= 500; index += 1) await circuits.permit({ ...KEY, model: `m-${index}` });
  await circuits.permit({ ...KEY, model: "m-500" });
  expect(asked).toHaveLength(501);
  await circuits.permit({ ...KEY, model: "m-0" });
  expect(asked).toHaveLength(502);
});
