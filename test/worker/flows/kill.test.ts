import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { FlowProgress } from "../../../src/flows/flow-store.ts";
import { callsFor, freshId, objectOf } from "../../support/delegation-object.ts";
import { flowEnd, flowEventsOf, flowObjectOf, flowRowOf, nextAnswers, startFlow } from "../../support/flow-object.ts";

const never = () => new Promise<never>(() => undefined);

/** Replaces bindings of an object until it is killed or evicted. */
async function rebind(stub: DurableObjectStub, bindings: object): Promise<void> {
  await runInDurableObject(stub, (object) => {
    Object.assign(object, { env: { ...env, ...bindings } });
  });
}

/** A chain of three whose second step takes a while. */
function chainOf(mark: string) {
  return {
    pattern: "chain",
    steps: ["a", "b", "c"].map((name) => ({
      name,
      prompt: simulate({ text: name, first_ms: name === "b" ? 3_000 : 0 }, `${mark}-${name};`),
    })),
  };
}

const callsOf = async (mark: string) => (await callsFor(mark)).map(({ prompt, ended_by }) => [prompt.slice(-2, -1), ended_by]);

describe("a flow killed", () => {
  test("before any step was started: its alarm alone brings it to its end", async () => {
    const mark = freshId("mark");
    const flow_id = freshId("flow");
    await rebind(flowObjectOf(flow_id), { DELEGATIONS: { getByName: () => ({ start: never, cancel: never, read: never }) } });
    await startFlow({ flow_id, ...chainOf(mark) });
    await abortAllDurableObjects();
    expect(await flowEnd(flow_id)).toMatchObject({ status: "completed", output: "c" });
    expect(await callsOf(mark)).toEqual([
      ["a", "answered"],
      ["b", "answered"],
      ["c", "answered"],
    ]);
  });

  test("after a step was started and before it was known: it is found, not started twice", async () => {
    const mark = freshId("mark");
    const flow_id = freshId("flow");
    const forgetting = {
      getByName: (name: string) => ({
        start: async (...args: unknown[]) => {
          await (env.DELEGATIONS.getByName(name) as unknown as { start(...all: unknown[]): Promise<unknown> }).start(...args);
          return never();
        },
      }),
    };
    await rebind(flowObjectOf(flow_id), { DELEGATIONS: forgetting });
    await startFlow({ flow_id, ...chainOf(mark) });
    await expect.poll(async () => (await callsOf(mark)).length).toBe(1);
    await objectOf(`${flow_id}.a`).read(20_000);
    await abortAllDurableObjects();
    expect(await flowEnd(flow_id)).toMatchObject({ status: "completed", output: "c" });
    expect(await callsOf(mark)).toEqual([
      ["a", "answered"],
      ["b", "answered"],
      ["c", "answered"],
    ]);
  });

  test("evicted while a step runs: it hears of the end, and no step is called again", async () => {
    const mark = freshId("mark");
    const flowId = await startFlow(chainOf(mark));
    await expect.poll(async () => (await callsOf(mark)).length).toBe(2);
    await evictDurableObject(flowObjectOf(flowId));
    expect(await flowEnd(flowId)).toMatchObject({ status: "completed", output: "c" });
    expect(await callsOf(mark)).toEqual([
      ["a", "answered"],
      ["b", "answered"],
      ["c", "answered"],
    ]);
    expect((await flowEventsOf(flowId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test("with everything else while its panel runs: each is called again, the finished one is not", async () => {
    const mark = freshId("mark");
    const verdict = nextAnswers({ synthesis: "s", agreement: 1, dissent: [] });
    const prompt = simulate([{ text: verdict, first_ms: 500 }, { text: verdict }], mark);
    const flowId = await startFlow({ pattern: "consensus", prompt, panel: [{}, { provider: "codex" }] });
    await expect.poll(async () => (await callsFor(mark)).length).toBe(2);
    await abortAllDurableObjects();
    expect(await flowEnd(flowId)).toMatchObject({ status: "completed", output: "s" });
    const members = (await callsFor(mark)).filter((entry) => !entry.prompt.startsWith("Review"));
    expect(members.filter(({ ended_by }) => ended_by === "answered")).toHaveLength(2);
  });
});

/** A flow whose second step has ended, and could not say so. */
async function untold() {
  const mark = freshId("mark");
  const flowId = await startFlow(chainOf(mark));
  await expect.poll(async () => (await callsOf(mark)).length).toBe(2);
  await rebind(objectOf(`${flowId}.b`), { FLOWS: { getByName: () => ({ told: never }) } });
  await objectOf(`${flowId}.b`).read(20_000);
  expect(await flowObjectOf(flowId).read(0)).toMatchObject({ flow: { status: "in-progress" } });
  return { flowId, mark };
}

describe("the end of a step that nobody told of", () => {
  test("is asked for by the alarm", async () => {
    const { flowId, mark } = await untold();
    const moves = async () => (await flowRowOf(flowId))?.moves_by;
    await expect.poll(moves).toBeGreaterThan(Date.now() + 30_000);
    await runInDurableObject(flowObjectOf(flowId), (_object, { storage }) => {
      const progress = storage.kv.get<FlowProgress>("progress");
      storage.kv.put("progress", { ...progress, ask_at: 1 });
    });
    await evictDurableObject(flowObjectOf(flowId));
    await runDurableObjectAlarm(flowObjectOf(flowId));
    expect(await flowEnd(flowId)).toMatchObject({ status: "completed", output: "c" });
    expect(await callsOf(mark)).toHaveLength(3);
  });
});

describe("wake", () => {
  test("of an empty object writes nothing", async () => {
    const unknown = flowObjectOf(freshId());
    expect(await unknown.wake()).toEqual({ kind: "unknown" });
    expect(await runInDurableObject(unknown, (_object, { storage }) => [...storage.kv.list()])).toEqual([]);
  });

  test("of one that lost its alarm, and was not told, brings it to its end, and changes nothing after it", async () => {
    const { flowId, mark } = await untold();
    await runInDurableObject(flowObjectOf(flowId), (_object, { storage }) => storage.deleteAlarm());
    await evictDurableObject(flowObjectOf(flowId));
    await flowObjectOf(flowId).wake();
    const ended = await flowEnd(flowId);
    expect(ended).toMatchObject({ status: "completed", output: "c" });
    await flowObjectOf(flowId).wake();
    expect(await flowEnd(flowId)).toEqual(ended);
    expect(await callsOf(mark)).toHaveLength(3);
  });
});
