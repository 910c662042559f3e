import { describe, expect, test } from "vitest";
import type { DelegationSpec } from "../../../src/delegations/delegation-rpc.ts";
import type { StoredStep } from "../../../src/flows/flow-store.ts";
import { sharesOf, withShare } from "../../../src/flows/step-money.ts";

const CENT = 10_000_000;

/** A flow of one dollar whose steps got a share and, when they ended, cost so many cents; null = nobody knows. */
function flow(steps: { [name: string]: { share: number; cost?: number | null } }) {
  const stored = Object.entries(steps).map(
    ([name, { share }]): StoredStep => ({
      name,
      answersBySchema: false,
      begun: true,
      status: "completed",
      max_cost_nanos: share * CENT,
    }),
  );
  const reports = Object.entries(steps).flatMap(([name, { cost }]) =>
    cost === undefined ? [] : [[name, { cost_max_nanos: cost === null ? null : cost * CENT }] as const],
  );
  return { header: { max_cost: 1 }, progress: { steps: stored }, reports: new Map(reports) };
}

const cents = (shares: ReadonlyMap<string, number>) =>
  Object.fromEntries([...shares].map(([name, share]) => [name, share / CENT]));

describe("sharesOf", () => {
  test("the first step gets all, steps at once get equal parts", () => {
    expect(cents(sharesOf(flow({}), ["a"]))).toEqual({ a: 100 });
    expect(cents(sharesOf(flow({}), ["a", "b", "c", "d"]))).toEqual({ a: 25, b: 25, c: 25, d: 25 });
  });

  test("what steps cost is taken off, and of open or unknown ones their whole share", () => {
    const steps = { ended: { share: 60, cost: 10 }, open: { share: 30 }, unknown: { share: 20, cost: null } };
    expect(cents(sharesOf(flow(steps), ["next"]))).toEqual({ next: 40 });
  });

  test("a step that was to be started before keeps its share, and others get none of it", () => {
    expect(cents(sharesOf(flow({ a: { share: 50 }, b: { share: 50, cost: 10 } }), ["a", "c"]))).toEqual({ a: 50, c: 40 });
  });

  test("shares are whole nano-dollars and never more than there is; nothing left is no share below nothing", () => {
    const thirds = sharesOf(flow({}), ["a", "b", "c"]);
    expect([...thirds.values()]).toEqual([333_333_333, 333_333_333, 333_333_333]);
    expect(cents(sharesOf(flow({ a: { share: 100, cost: 130 } }), ["b"]))).toEqual({ b: 0 });
  });

  test("without a max_cost there are no shares", () => {
    expect(sharesOf({ ...flow({}), header: {} }, ["a"]).size).toBe(0);
  });
});

describe("withShare", () => {
  const spec = (max_cost?: number) =>
    ({ input: { prompt: "x", ...(max_cost !== undefined && { max_cost }) } }) as unknown as DelegationSpec;

  test.each([
    ["none of either", undefined, undefined, undefined],
    ["a share", undefined, 25 * CENT, 0.25],
    ["a lower one of its own", 0.1, 25 * CENT, 0.1],
    ["a higher one of its own", 0.5, 25 * CENT, 0.25],
    ["nothing left", undefined, 0, 0.000000001],
  ])("with %s", (_name, own, share, expected) => {
    expect(withShare(spec(own), share).input.max_cost).toBe(expected);
  });
});
