import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { BatchSpec } from "../../../src/batches/batch-rpc.ts";
import { startMessages } from "../../../src/batches/start-message.ts";
import { type ConsumerBindings, consumeDelegations } from "../../../src/queue/consume-delegations.ts";
import { batchObjectOf, batchOf, endOf, rebind, resendNow, silentQueue } from "../../support/batch-object.ts";
import { CLAUDE, callsFor, finalOf, freshId, objectOf, rowOf, runToEnd, specOf } from "../../support/delegation-object.ts";

/** Accepts a batch whose messages reach nobody but the test. */
async function undelivered(prompts: readonly string[], changes: Partial<BatchSpec> = {}) {
  const spec = batchOf(prompts, changes);
  const queue = silentQueue();
  await rebind(batchObjectOf(spec.batch_id), queue.binding);
  await batchObjectOf(spec.batch_id).accept(spec);
  return { spec, sent: queue.sent };
}

/** Delivers messages as the platform would, and tells how each was settled. */
async function deliver(bodies: readonly unknown[], bindings: ConsumerBindings = env) {
  const messages = bodies.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch("delegations", messages);
  const context = createExecutionContext();
  await consumeDelegations(batch, bindings);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, context);
  return { acked: explicitAcks.toSorted(), retried: retryMessages.map(({ msgId }) => msgId) };
}

const many = (count: number, mark: string, scenario: object = { text: "x" }) =>
  Array.from({ length: count }, (_, index) => simulate(scenario, `${mark}-${index};`));

/** A task that is completed, and on the list as such. */
async function completed(prompt: string): Promise<{ id: string; prompt: string }> {
  const id = freshId();
  await runToEnd(specOf(id, prompt));
  await expect.poll(() => rowOf(id)).toMatchObject({ status: "completed" });
  return { id, prompt };
}

/** The database, and how many queries were made through it. */
function counted() {
  let count = 0;
  const binding = new Proxy(env.DB, {
    get(database, name) {
      if (name === "prepare") count += 1;
      const member: unknown = Reflect.get(database, name);
      return typeof member === "function" ? member.bind(database) : member;
    },
  });
  return { binding, queries: () => count };
}

describe("consumeDelegations", () => {
  test("starts what is named, each once, however often and however many at once the message comes", async () => {
    const mark = freshId("mark");
    const { spec, sent } = await undelivered(many(30, mark));
    expect(sent.map(({ task_ids }) => task_ids.length)).toEqual([25, 5]);
    const settled = await Promise.all([deliver([...sent, ...sent]), deliver(sent), deliver(sent)]);
    expect(settled.map(({ retried }) => retried)).toEqual([[], [], []]);
    expect(await endOf(spec.batch_id)).toMatchObject({ status: "completed", counts: { completed: 30 } });
    expect(await deliver(sent)).toEqual({ acked: ["m0", "m1"], retried: [] });
    expect(await callsFor(mark)).toHaveLength(30);
  });

  test("what the queue loses is sent again, without what was started in the meantime", async () => {
    const mark = freshId("mark");
    const { spec, sent } = await undelivered(many(30, mark));
    await deliver(sent.slice(0, 1));
    await resendNow(spec.batch_id);
    expect(await endOf(spec.batch_id)).toMatchObject({ status: "completed", counts: { completed: 30 } });
    expect(await callsFor(mark)).toHaveLength(30);
  });

  test("acknowledges a late message and starts nothing of a batch that was cancelled", async () => {
    const mark = freshId("mark");
    const { spec, sent } = await undelivered(many(3, mark));
    await batchObjectOf(spec.batch_id).cancel("alice");
    expect(await deliver(sent)).toEqual({ acked: ["m0"], retried: [] });
    expect((await endOf(spec.batch_id)).counts.cancelled).toBe(3);
    expect(await callsFor(mark)).toHaveLength(0);
  });

  test("drops what nobody can read, and starts what came beside it", async () => {
    const mark = freshId("mark");
    const { spec, sent } = await undelivered(many(2, mark));
    const unknown = startMessages({ workspace: "default", batch_id: freshId() }, ["x"]);
    const poison = [null, "text", 7, {}, { ...sent[0], task_ids: [] }, { ...sent[0], more: 1 }, ...unknown];
    const stranger = { ...sent[0], task_ids: ["not-of-this-batch"] };
    const { acked, retried } = await deliver([...poison, stranger, ...sent]);
    expect(acked).toHaveLength(9);
    expect(retried).toEqual([]);
    expect((await endOf(spec.batch_id)).counts.completed).toBe(2);
    expect(await callsFor(mark)).toHaveLength(2);
  });

  test("does not wait for the vendor", async () => {
    const { spec, sent } = await undelivered(many(1, freshId("mark"), { text: "late", first_ms: 60_000 }));
    expect(await deliver(sent)).toEqual({ acked: ["m0"], retried: [] });
    const outcome = await batchObjectOf(spec.batch_id).read(0);
    expect(outcome).toMatchObject({ kind: "found", batch: { status: "in-progress", counts: { in_progress: 1 } } });
    await batchObjectOf(spec.batch_id).cancel("a");
  });

  test("a task whose object cannot be reached is tried again, and the others are started and told", async () => {
    const mark = freshId("mark");
    const { spec, sent } = await undelivered(many(3, mark));
    const broken = {
      ...env,
      DELEGATIONS: {
        getByName(name: string) {
          if (name.endsWith(".1")) throw new Error("not there");
          return env.DELEGATIONS.getByName(name);
        },
      },
    };
    expect(await deliver(sent, broken)).toEqual({ acked: [], retried: ["m0"] });
    const counts = async () => {
      const outcome = await batchObjectOf(spec.batch_id).read(0);
      return outcome.kind === "found" && outcome.batch.counts;
    };
    await expect.poll(counts).toMatchObject({ pending: 1, completed: 2 });
    expect(await deliver(sent)).toEqual({ acked: ["m0"], retried: [] });
    expect((await endOf(spec.batch_id)).counts.completed).toBe(3);
    expect(await callsFor(mark)).toHaveLength(3);
  });

  test("a report that is lost is made again by the next delivery, and nothing runs twice", async () => {
    const mark = freshId("mark");
    const { spec, sent } = await undelivered(many(2, mark));
    const lost = {
      ...env,
      BATCHES: {
        getByName: (name: string) => ({
          specsOf: (ids: string[]) => batchObjectOf(name.replace("default/", "")).specsOf(ids),
          started: () => Promise.reject(new Error("lost")),
        }),
      },
    };
    expect(await deliver(sent, lost)).toEqual({ acked: [], retried: ["m0"] });
    await deliver(sent);
    expect((await endOf(spec.batch_id)).counts.completed).toBe(2);
    expect(await callsFor(mark)).toHaveLength(2);
  });

  test("asks the list once for all that want an answer from the cache, and runs the others", async () => {
    const mark = freshId("mark");
    const known = await Promise.all([0, 1].map((n) => completed(simulate({ text: `known ${n}` }, `${mark}-known-${n};`))));
    const batch = batchOf([...known.map(({ prompt }) => prompt), ...many(3, mark)]);
    const tasks = batch.tasks.map((task) => ({ ...task, input: { ...task.input, cache: { max_age: 60 } } }));
    const { spec, sent } = await undelivered([], { batch_id: batch.batch_id, tasks });
    const { binding, queries } = counted();
    await deliver(sent, { ...env, DB: binding });
    const results = Object.values((await endOf(spec.batch_id)).results);
    expect(results.map(({ status, output, cost_nanos }) => [status, output, cost_nanos === 0])).toEqual([
      ["completed", "known 0", true],
      ["completed", "known 1", true],
      ...Array.from({ length: 3 }, () => ["completed", "x", false]),
    ]);
    expect(queries()).toBe(1);
    const cached = await finalOf(objectOf(`${spec.batch_id}.0`));
    expect(cached).toMatchObject({ cached_from: known[0]?.id, batch_id: spec.batch_id });
    expect(await callsFor(mark)).toHaveLength(5);
  });

  test("asks the list nothing when no task wants that", async () => {
    const { spec, sent } = await undelivered(many(2, freshId("mark")));
    const { binding, queries } = counted();
    await deliver(sent, { ...env, DB: binding });
    expect((await endOf(spec.batch_id)).counts.completed).toBe(2);
    expect(queries()).toBe(0);
  });

  test("runs the one whose answer cannot be had, and answers the others", async () => {
    const mark = freshId("mark");
    const known = await Promise.all([0, 1].map((n) => completed(simulate({ text: `known ${n}` }, `${mark}-known-${n};`))));
    const batch = batchOf(known.map(({ prompt }) => prompt));
    const tasks = batch.tasks.map((task) => ({ ...task, input: { ...task.input, cache: { max_age: 60 } } }));
    const { spec, sent } = await undelivered([], { batch_id: batch.batch_id, tasks });
    const lost = `default/${known[0]?.id}`;
    const DELEGATIONS = {
      getByName(name: string) {
        if (name === lost) throw new Error("not there");
        return env.DELEGATIONS.getByName(name);
      },
    };
    expect(await deliver(sent, { ...env, DELEGATIONS })).toEqual({ acked: ["m0"], retried: [] });
    expect((await endOf(spec.batch_id)).counts.completed).toBe(2);
    const ended = await Promise.all(tasks.map(({ task_id }) => finalOf(objectOf(task_id))));
    expect(ended.map(({ cached_from, output }) => [cached_from, output])).toEqual([
      [null, "known 0"],
      [known[1]?.id, "known 1"],
    ]);
  });

  test("runs what wants an answer from the cache while the list does not answer", async () => {
    const { id, prompt } = await completed(simulate({ text: "known" }, freshId("mark")));
    const batch = batchOf([prompt]);
    const tasks = batch.tasks.map((task) => ({ ...task, input: { ...task.input, cache: { max_age: 60 } } }));
    const { spec, sent } = await undelivered([], { batch_id: batch.batch_id, tasks });
    const down = () => {
      throw new Error("down");
    };
    const broken = new Proxy(env.DB, { get: () => down });
    expect(await deliver(sent, { ...env, DB: broken })).toEqual({ acked: ["m0"], retried: [] });
    expect((await endOf(spec.batch_id)).results[`${spec.batch_id}.0`]).toMatchObject({ output: "known", model: CLAUDE.model });
    expect(await finalOf(objectOf(`${spec.batch_id}.0`))).toMatchObject({ cached_from: null });
    expect(await callsFor(prompt.split("\n")[1] ?? id)).toHaveLength(2);
  });

  test("an id that was taken or deleted in the meantime fails its own task only", async () => {
    const mark = freshId("mark");
    const { spec, sent } = await undelivered(many(3, mark));
    const [first, second] = spec.tasks;
    if (first === undefined || second === undefined) throw new Error("no tasks");
    const alone = { ...first, listeners: [], hash: "d".repeat(64), input: { prompt: simulate({ text: "other" }, freshId()) } };
    await objectOf(first.task_id).start(alone);
    await objectOf(second.task_id).start({ ...alone, task_id: second.task_id });
    await objectOf(second.task_id).erase("a");
    await deliver(sent);
    const { counts, results } = await endOf(spec.batch_id);
    expect(counts).toMatchObject({ completed: 1, failed: 2 });
    expect(results[first.task_id]?.error).toMatchObject({ code: "conflict", message: expect.stringContaining("another body") });
    expect(results[second.task_id]?.error).toMatchObject({ code: "conflict", message: expect.stringContaining("deleted") });
    expect(await callsFor(mark)).toHaveLength(1);
  });
});
