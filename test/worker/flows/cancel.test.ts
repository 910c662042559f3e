import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Flow } from "../../../src/flows/flow.ts";
import type { FlowHeader } from "../../../src/flows/flow-store.ts";
import { call, send } from "../../support/api-client.ts";
import { callsFor, freshId, objectOf } from "../../support/delegation-object.ts";
import { flowEnd, flowEventsOf, flowObjectOf, startFlow } from "../../support/flow-object.ts";

const slow = (mark: string) => simulate({ text: "slow", first_ms: 60_000 }, mark);

/** A consensus of three, all of them at the vendor. */
async function panelAtWork() {
  const mark = freshId("mark");
  const flowId = await startFlow({ pattern: "consensus", prompt: slow(mark), panel: [{}, {}, {}] });
  await expect.poll(async () => (await callsFor(mark)).length).toBe(3);
  return { mark, flowId };
}

describe("cancel of a flow", () => {
  test("stops what runs, starts nothing more, and is the same again", async () => {
    const { mark, flowId } = await panelAtWork();
    const [first, again] = await Promise.all([
      call<Flow>("POST", `/v1/flows/${flowId}/cancel`),
      flowObjectOf(flowId).cancel("bob"),
    ]);
    expect(first).toMatchObject({
      status: 200,
      body: {
        status: "cancelled",
        output: null,
        error: { code: "cancelled", message: expect.stringMatching(/^Cancelled by (owner|bob)\.$/) },
      },
    });
    expect(again).toEqual({ kind: "found", flow: first.body });
    expect(first.body.steps.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
    await expect
      .poll(async () => (await callsFor(mark)).map(({ ended_by }) => ended_by))
      .toEqual(["aborted", "aborted", "aborted"]);
    expect((await flowEventsOf(flowId)).at(-1)).toMatchObject({ type: "flow.completed", status: "cancelled" });
    expect(await flowObjectOf(flowId).cancel("carol")).toEqual(again);
  });

  test("leaves a flow that has ended as it is", async () => {
    const flowId = await startFlow({ pattern: "chain", steps: [{ name: "a", prompt: simulate({ text: "x" }, freshId()) }] });
    const done = await flowEnd(flowId);
    expect((await call("POST", `/v1/flows/${flowId}/cancel`)).body).toEqual(done);
  });

  test("before its first step could be started: nothing is ever asked", async () => {
    const mark = freshId("mark");
    const flowId = freshId("flow");
    const stub = flowObjectOf(flowId);
    const never = {
      getByName: () => ({ start: () => Promise.reject(new Error("busy")), cancel: async () => ({ kind: "unknown" }) }),
    };
    await runInDurableObject(stub, (object) => {
      Object.assign(object, { env: { ...env, DELEGATIONS: never } });
    });
    await startFlow({ flow_id: flowId, pattern: "chain", steps: [{ name: "a", prompt: simulate({ text: "x" }, mark) }] });
    expect(await stub.read(0)).toMatchObject({ flow: { status: "in-progress", steps: [{ name: "a", status: "pending" }] } });
    expect(await stub.cancel("alice")).toMatchObject({ flow: { status: "cancelled", steps: [] } });
    await stub.wake();
    expect(await callsFor(mark)).toHaveLength(0);
  });
});

describe("a step that is ended from outside", () => {
  test("cancelled: a chain fails naming it, and a consensus goes on without it", async () => {
    const mark = freshId("mark");
    const chain = await startFlow({ pattern: "chain", steps: [{ name: "a", prompt: slow(mark) }] });
    await expect.poll(async () => (await callsFor(mark)).length).toBe(1);
    await call("POST", `/v1/delegations/${chain}.a/cancel`);
    const flow = await flowEnd(chain);
    expect(flow).toMatchObject({ status: "failed", error: { code: "step_failed", step: "a" } });
    expect(flow.error?.message).toMatch(/^The step a was cancelled/);
    const { flowId } = await panelAtWork();
    await Promise.all([0, 1, 2].map((index) => objectOf(`${flowId}.member-${index}`).cancel("x")));
    expect(await flowEnd(flowId)).toMatchObject({ status: "failed", error: { code: "too_few_answers" } });
  });

  test("deleted while it runs: the flow fails naming it", async () => {
    const mark = freshId("mark");
    const flowId = await startFlow({
      pattern: "chain",
      steps: [
        { name: "a", prompt: slow(mark) },
        { name: "b", prompt: "x" },
      ],
    });
    await expect.poll(async () => (await callsFor(mark)).length).toBe(1);
    await call("DELETE", `/v1/delegations/${flowId}.a`);
    expect(await flowEnd(flowId)).toMatchObject({
      status: "failed",
      error: { step: "a" },
      steps: [{ name: "a", status: "cancelled" }],
    });
  });

  test("deleted before its output was used: the flow fails naming it, and the step that needs it is not started", async () => {
    const steps = [
      { name: "a", prompt: simulate({ text: "gone" }, freshId()) },
      { name: "b", prompt: simulate({ text: "b" }, freshId()), approval: "manual" },
      { name: "c", prompt: "{{steps.a.output}}" },
    ];
    const flowId = await startFlow({ pattern: "chain", steps });
    const outputs = async () => (await call<Flow>("GET", `/v1/flows/${flowId}`)).body.steps.map(({ output }) => output);
    await expect.poll(outputs).toEqual(["gone", null]);
    await call("DELETE", `/v1/delegations/${flowId}.a`);
    await expect.poll(outputs).toEqual([null, null]);
    await objectOf(`${flowId}.b`).decide("approve", "alice");
    const flow = await flowEnd(flowId);
    expect(flow).toMatchObject({ status: "failed", error: { code: "step_failed", step: "a" } });
    expect(flow.error?.message).toBe("The step c needs the output of a, which was deleted.");
    expect(flow.steps.map(({ name }) => name)).toEqual(["a", "b"]);
  });
});

async function specOfStep(flowId: string, step: string) {
  const outcome = await objectOf(`${flowId}.${step}`).specification();
  if (outcome.kind !== "found") throw new Error(outcome.kind);
  return outcome.spec;
}

describe("a step that waits for approval", () => {
  test("holds the flow, which goes on when it is approved and fails when it is rejected", async () => {
    const chainOf = (mark: string) => ({
      pattern: "chain",
      steps: [
        { name: "a", prompt: simulate({ text: "a" }, mark), approval: "manual" },
        { name: "b", prompt: simulate({ text: "b" }, mark) },
      ],
    });
    const [approved, rejected] = [await startFlow(chainOf(freshId())), await startFlow(chainOf(freshId()))];
    const read = async () => (await call<Flow>("GET", `/v1/flows/${approved}`)).body;
    expect(await read()).toMatchObject({ status: "in-progress", steps: [{ name: "a", status: "needs-approval" }] });
    await send("POST", `/v1/delegations/${approved}.a/approve`);
    await send("POST", `/v1/delegations/${rejected}.a/reject`);
    expect(await flowEnd(approved)).toMatchObject({ status: "completed", output: "b" });
    const flow = await flowEnd(rejected);
    expect(flow).toMatchObject({ status: "failed", error: { step: "a" } });
    expect(flow.error?.message).toContain("rejected");
    expect(flow.steps).toHaveLength(1);
  });
});

describe("the deadline of a flow", () => {
  test("is for all of it: a step gets what is left", async () => {
    const steps = ["a", "b"].map((name) => ({ name, prompt: simulate({ text: name, first_ms: 1_100 }, freshId()) }));
    const flowId = await startFlow({ pattern: "chain", steps, deadline: 60 });
    await flowEnd(flowId);
    const [first, second] = await Promise.all(["a", "b"].map((step) => specOfStep(flowId, step)));
    expect(first?.input.deadline).toBeLessThanOrEqual(60);
    expect(second?.input.deadline).toBeLessThan(first?.input.deadline ?? 0);
  });

  test("that is over before a step is started fails it, and that step is not started", async () => {
    const steps = [
      { name: "a", prompt: simulate({ text: "a" }, freshId()), approval: "manual" },
      { name: "b", prompt: "never" },
    ];
    const flowId = await startFlow({ pattern: "chain", steps, deadline: 60 });
    await runInDurableObject(flowObjectOf(flowId), (_object, { storage }) => {
      storage.kv.put("flow", { ...storage.kv.get<FlowHeader>("flow"), created_at: Date.now() - 60_000 });
    });
    await evictDurableObject(flowObjectOf(flowId));
    await objectOf(`${flowId}.a`).decide("approve", "alice");
    const flow = await flowEnd(flowId);
    expect(flow).toMatchObject({ status: "failed", error: { code: "deadline_exceeded", step: "b" } });
    expect(flow.steps.map(({ name }) => name)).toEqual(["a"]);
  });
});
