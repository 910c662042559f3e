import { describe, expect, test } from "vitest";
import type { DelegationStatus } from "../../../src/delegations/delegation.ts";
import { acceptedState } from "../../../src/delegations/delegation-state.ts";
import { delegationView } from "../../../src/delegations/delegation-view.ts";
import { reportOf, type TaskReport } from "../../../src/delegations/task-report.ts";
import { flowRow } from "../../../src/flows/flow-row.ts";
import { FlowStore } from "../../../src/flows/flow-store.ts";
import { type FlowOutboxKind, RunningFlow } from "../../../src/flows/running-flow.ts";
import { Outbox } from "../../../src/outbox/outbox.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { specOf, T0 } from "../delegations/delegating.ts";
import { inputOf } from "./playing.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const chain = inputOf({
  pattern: "chain",
  steps: [
    { name: "a", prompt: "x" },
    { name: "b", prompt: "y".repeat(1_200_000) },
  ],
});

/** A flow `f` on rows in memory, and the clock it goes by. */
function accepted(input = chain) {
  const rows = new MemoryRows();
  const clock = { now: T0 };
  const deps = () => {
    const outbox = new Outbox<FlowOutboxKind>(
      { steps: async () => "done", cancels: async () => "done", row: async () => "done" },
      { rows, now: () => clock.now, random: () => 0, onStuck: () => undefined },
    );
    return { store: new FlowStore(rows), outbox, clock: { now: () => clock.now, random: () => 0 } };
  };
  const common = { workspace: "w", flow_id: "f", hash: "h", created_by: "tester", created_at: T0 };
  const flow = RunningFlow.accept({ ...common, input, roles: { a: specOf({ prompt: "" }), b: specOf({ prompt: "" }) } }, deps());
  const reloaded = () => RunningFlow.load(deps()) ?? expect.fail("the flow is gone");
  const owes = (kind: FlowOutboxKind) => rows.get(`outbox/${kind}`) !== undefined;
  return { flow, rows, clock, reloaded, owes, store: new FlowStore(rows) };
}

function report(step: string, status: DelegationStatus, changes: Partial<TaskReport> = {}): TaskReport {
  const spec = specOf({}, { task_id: `f.${step}`, flow: { id: "f", step } });
  return { ...reportOf(delegationView(spec, acceptedState(spec), null)), status, output: null, cost_nanos: 5, ...changes };
}

async function eventsOf(flow: RunningFlow): Promise<string[]> {
  const text = await new Response(flow.read(0, "ndjson")).text();
  const events = text
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as { seq: number; type: string; step?: string }]));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  return events.map(({ type, step }) => (step === undefined ? type : `${type} ${step}`));
}

/** The names of the steps that are next. */
const asked = (flow: RunningFlow): string[] => {
  const next = flow.next();
  return "start" in next ? next.start.map(({ name }) => name) : [];
};

describe("what the answer calls a step", () => {
  const called = (flow: RunningFlow) => flow.view().steps.map(({ name, called }) => [name, called]);

  test("is told of members for good, numbered where two have one name, and of nobody else", () => {
    const panel = [{ provider: "codex" as const }, { provider: "codex" as const }, { name: "Opus" }];
    const { flow, reloaded } = accepted(inputOf({ pattern: "consensus", prompt: "x", panel }));
    for (const name of ["member-0", "member-1", "member-2", "judge"]) flow.starting(name, name === "judge");
    const names = [
      ["member-0", "codex"],
      ["member-1", "codex 2"],
      ["member-2", "Opus"],
      ["judge", null],
    ];
    expect(called(flow)).toEqual(names);
    expect(called(reloaded())).toEqual(names);
  });

  test("is told of nobody in a flow that was stored without names", () => {
    const { flow, rows, reloaded } = accepted(inputOf({ pattern: "consensus", prompt: "x", panel: [{}, {}] }));
    flow.starting("member-0", false);
    const { called: _, ...header } = rows.get<{ called?: unknown }>("flow") ?? {};
    rows.put("flow", header);
    expect(called(reloaded())).toEqual([["member-0", null]]);
  });
});

describe("a flow in its rows", () => {
  test("is found again as it was, at every point", () => {
    const { flow, reloaded } = accepted();
    expect(asked(reloaded())).toEqual(["a"]);
    flow.starting("a", false);
    expect(asked(reloaded())).toEqual(["a"]);
    flow.apply("a", report("a", "pending"));
    expect(asked(reloaded())).toEqual([]);
    flow.apply("a", report("a", "completed", { output: "done" }));
    expect(asked(reloaded())).toEqual(["b"]);
    expect(reloaded().view()).toEqual(flow.view());
  });

  test("keeps no row over a megabyte, and drops input and specs when it is over", () => {
    const { flow, rows } = accepted();
    const long = () => [...rows.list<unknown>({ prefix: "" })].filter(([, row]) => JSON.stringify(row).length > 1_000_000);
    expect(long()).toEqual([]);
    flow.end({ status: "failed", error: { code: "step_failed", message: "m", step: null } });
    expect(flow.isOver).toBe(true);
    expect([...rows.list({ prefix: "work/" }), ...rows.list({ prefix: "chunk/" })]).toEqual([]);
  });
});

describe("what is told of steps", () => {
  test("counts once, in whatever order and however often it comes", async () => {
    const { flow } = accepted();
    flow.starting("a", false);
    flow.apply("a", report("a", "completed"));
    flow.apply("a", report("a", "pending"));
    flow.apply("a", report("a", "completed"));
    flow.apply("a", report("a", "failed", { cost_nanos: 9 }));
    flow.apply("nobody", report("nobody", "completed"));
    expect(await eventsOf(flow)).toEqual(["step.started a", "step.completed a"]);
    expect(flow.view().steps.map(({ name }) => name)).toEqual(["a"]);
  });

  test("undoes nothing: what was approved does not wait again", () => {
    const { flow } = accepted();
    flow.starting("a", false);
    for (const status of ["pending", "in-progress", "needs-approval", "pending"] as const) flow.apply("a", report("a", status));
    expect(flow.view().steps[0]?.status).toBe("in-progress");
  });

  test("puts them under way as soon as their delegation exists, unless it waits for somebody", () => {
    const { flow } = accepted();
    const status = () => flow.view().steps[0]?.status;
    flow.starting("a", false);
    flow.apply("a", report("a", "needs-approval"));
    expect(status()).toBe("needs-approval");
    flow.apply("a", report("a", "pending"));
    expect(status()).toBe("in-progress");
  });

  test("later revises costs and texts", () => {
    const { flow, reloaded } = accepted();
    flow.starting("a", false);
    flow.apply("a", report("a", "completed", { output: "secret" }));
    flow.apply("a", report("a", "completed", { output: null, output_truncated: true, cost_nanos: 7 }));
    expect(JSON.stringify(reloaded().view())).not.toContain("secret");
    expect(reloaded().view().cost_nanos).toBe(7);
  });
});

describe("the end of a flow", () => {
  test("that is decided while steps run comes when these have ended, and only the first decision counts", async () => {
    const { flow, owes } = accepted();
    flow.starting("a", false);
    flow.apply("a", report("a", "in-progress"));
    flow.end({ status: "cancelled", by: "alice" });
    flow.end({ status: "cancelled", by: "bob" });
    expect([flow.isOver, owes("cancels"), flow.starting("b", false), flow.next()]).toEqual([false, true, false, { start: [] }]);
    flow.apply("a", report("a", "cancelled"));
    expect(flow.view()).toMatchObject({ status: "cancelled", error: { message: "Cancelled by alice." } });
    expect(await eventsOf(flow)).toEqual(["step.started a", "step.completed a", "flow.completed"]);
  });

  test("does not wait for a step that was only meant to be started, or that is nowhere", () => {
    const { flow } = accepted();
    flow.starting("a", false);
    flow.end({ status: "cancelled", by: "alice" });
    flow.lost("a");
    expect(flow.view()).toMatchObject({ status: "cancelled", steps: [] });
    const other = accepted().flow;
    other.starting("a", false);
    other.apply("a", report("a", "in-progress"));
    other.end({ status: "cancelled", by: "alice" });
    other.lost("a");
    expect(other.view()).toMatchObject({ status: "cancelled", steps: [{ name: "a", status: "cancelled" }] });
  });
});

describe("open steps", () => {
  test("are asked after a minute, then ever more rarely, and not once they have ended", () => {
    const { flow, clock } = accepted();
    expect(flow.askAt).toBeNull();
    flow.starting("a", false);
    flow.apply("a", report("a", "in-progress"));
    expect(flow.askAt).toBe(T0 + MINUTE);
    expect(flow.asksNow()).toBe(false);
    clock.now = T0 + MINUTE;
    expect([flow.asksNow(), flow.asksNow()]).toEqual([true, false]);
    expect(flow.askAt).toBeGreaterThanOrEqual(clock.now + MINUTE);
    flow.apply("a", report("a", "failed"));
    expect(flow.askAt).toBeNull();
  });

  test("are on the list with the time at which the flow moves at the latest", () => {
    const { flow } = accepted();
    expect(flowRow(flow, T0, DAY)).toMatchObject({ status: "in-progress", moves_by: T0 + MINUTE, steps: 0, steps_ended: 0 });
    flow.starting("a", false);
    flow.apply("a", report("a", "in-progress"));
    const before = flowRow(flow, T0, DAY);
    flow.apply("a", report("a", "failed"));
    expect(flowRow(flow, T0, DAY)).toMatchObject({ steps: 1, steps_ended: 1, cost_nanos: 5 });
    expect(flowRow(flow, T0, DAY).version).toBeGreaterThan(before.version);
    flow.end({ status: "failed", error: { code: "step_failed", message: "m", step: "a" } });
    expect(flowRow(flow, T0, DAY)).toMatchObject({
      status: "failed",
      moves_by: T0 + DAY,
      error_code: "step_failed",
      completed_at: T0,
    });
  });
});

describe("an erased flow", () => {
  test("leaves one row, with no text in it", () => {
    const { flow, rows, store } = accepted(inputOf({ pattern: "improve", prompt: "a secret prompt" }));
    flow.starting("draft", false);
    flow.apply("draft", report("draft", "completed", { output: "a secret answer" }));
    flow.end({ status: "failed", error: { code: "step_failed", message: "m", step: "draft" } });
    store.erase(flow.header);
    expect(rows.keys).toEqual(["erased"]);
    expect(store.erased()).toEqual({ workspace: "w", flow_id: "f" });
    expect(store.progress()).toBeUndefined();
  });
});
