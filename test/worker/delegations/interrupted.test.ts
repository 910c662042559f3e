import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import {
  COPILOT,
  callsFor,
  eventsOf,
  finalOf,
  freshId,
  objectOf,
  rowOf,
  runToEnd,
  specOf,
} from "../../support/delegation-object.ts";

describe("an object that is killed", () => {
  test("in mid-stream leaves an interrupted attempt with what was stored of it, and the task completes", async () => {
    const id = freshId();
    const plan = [{ text: "first part ".repeat(50), delay_ms: 1_000, usage: { input_tokens: 30 } }, { text: "second try" }];
    await objectOf(id).start(specOf(id, simulate(plan, id)));
    const outcome = await objectOf(id).events(0, "sse");
    if (outcome.kind !== "stream") throw new Error(outcome.kind);
    const reader = outcome.stream.pipeThrough(new TextDecoderStream()).getReader();
    let shown = "";
    while (!shown.includes("item.updated")) shown += (await reader.read()).value ?? "";
    await abortAllDurableObjects();
    const done = await finalOf(objectOf(id));
    expect(done).toMatchObject({ status: "completed", output: "second try" });
    expect(done.attempts.map((attempt) => attempt.status)).toEqual(["interrupted", "completed"]);
    expect(done.attempts[0]).toMatchObject({ error: { code: "interrupted" }, usage_final: false, usage: { input_tokens: 30 } });
    const events = await eventsOf(objectOf(id));
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
    for (const line of shown.split("\n").filter((each) => each.startsWith("data: "))) {
      const seen = JSON.parse(line.slice(6)) as { seq: number };
      expect(events[seen.seq - 1]).toEqual(seen);
    }
    const partial = events.find((event) => event.type === "item.completed" && event.item.id.startsWith("item_1_"));
    expect(partial).toMatchObject({ item: { text: expect.stringContaining("first part") } });
  });

  test("before anything was stored of the stream still tells the whole story of its turns", async () => {
    const id = freshId();
    await objectOf(id).start(specOf(id, simulate([{ text: "x", headers_ms: 60_000 }, { text: "second" }], id)));
    await expect.poll(async () => (await callsFor(id)).length).toBe(1);
    await abortAllDurableObjects();
    const done = await finalOf(objectOf(id));
    expect(done).toMatchObject({ status: "completed", output: "second" });
    const turns = (await eventsOf(objectOf(id))).map((event) => event.type).filter((type) => type.startsWith("t"));
    expect(turns).toEqual([
      "thread.started",
      "turn.started",
      "turn.failed",
      "turn.started",
      "turn.completed",
      "thread.completed",
    ]);
  });

  test("again and again ends as failed once max_attempts are used up", async () => {
    const id = freshId();
    await objectOf(id).start(specOf(id, simulate({ text: "x", headers_ms: 60_000 }, id), { ask: { max_attempts: 2 } }));
    for (const calls of [1, 2]) {
      await expect.poll(async () => (await callsFor(id)).length).toBe(calls);
      await abortAllDurableObjects();
    }
    const done = await finalOf(objectOf(id));
    expect(done).toMatchObject({ status: "failed", error: { code: "interrupted" } });
    expect(await callsFor(id)).toHaveLength(2);
  });

  test("after it was told to cancel ends as cancelled, not with another call", async () => {
    const id = freshId();
    await objectOf(id).start(specOf(id, simulate({ text: "x", headers_ms: 60_000 }, id)));
    await expect.poll(async () => (await callsFor(id)).length).toBe(1);
    await runInDurableObject(objectOf(id), (_object, state) => {
      const stored = state.storage.kv.get<object>("state");
      state.storage.kv.put("state", { ...stored, cancel_requested_by: "alice" });
    });
    await abortAllDurableObjects();
    expect(await finalOf(objectOf(id))).toMatchObject({ status: "cancelled" });
    expect(await callsFor(id)).toHaveLength(1);
  });

  test("between create and the first poll of a vendor's own task finds that task again instead of making another", async () => {
    const id = freshId();
    const repository = { owner: "acme", name: "widgets" };
    const prompt = simulate({ fault: { kind: "hang", after: 0 }, polls: 1 }, id);
    await objectOf(id).start(specOf(id, prompt, { candidates: [COPILOT], repository }));
    await expect.poll(async () => (await callsFor(id)).filter((call) => call.method === "POST").length).toBe(1);
    await abortAllDurableObjects();
    const done = await finalOf(objectOf(id));
    expect(done.status).toBe("completed");
    expect((await callsFor(id)).filter((call) => call.method === "POST")).toHaveLength(1);
    expect(done.attempts).toHaveLength(1);
  });

  test("after the end shows the same delegation and the same events", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "kept" }, id)));
    const events = await eventsOf(objectOf(id));
    await evictDurableObject(objectOf(id));
    expect(await finalOf(objectOf(id))).toEqual(done);
    expect(await eventsOf(objectOf(id))).toEqual(events);
  });

  test("before its outbox ran brings the list up to date at its next wake", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "x" }, id)));
    await expect.poll(async () => (await rowOf(id))?.status).toBe("completed");
    await runInDurableObject(objectOf(id), async (_object, state) => {
      state.storage.kv.put("outbox/projection", { due_at: 0, failures: 0 });
    });
    await env.DB.prepare("delete from delegations where task_id = ?").bind(id).run();
    await evictDurableObject(objectOf(id));
    await objectOf(id).wake();
    await expect.poll(async () => (await rowOf(id))?.status).toBe("completed");
  });

  test("and is cancelled before its alarm came back keeps its books and closes its story", async () => {
    const id = freshId();
    await objectOf(id).start(
      specOf(id, simulate({ text: "partial ".repeat(50), delay_ms: 1_000, usage: { input_tokens: 30 } }, id)),
    );
    const outcome = await objectOf(id).events(0, "sse");
    if (outcome.kind !== "stream") throw new Error(outcome.kind);
    const reader = outcome.stream.pipeThrough(new TextDecoderStream()).getReader();
    let shown = "";
    while (!shown.includes("item.updated")) shown += (await reader.read()).value ?? "";
    await abortAllDurableObjects();
    expect((await objectOf(id).cancel("alice")).kind).toBe("cancelled");
    const done = await finalOf(objectOf(id));
    expect(done.attempts).toMatchObject([{ status: "interrupted", usage: { input_tokens: 30 }, usage_final: false }]);
    expect(done.cost_nanos).toBeGreaterThan(0);
    expect(done.warnings).toEqual([]);
    const types = (await eventsOf(objectOf(id))).map((event) => event.type);
    expect(types.slice(-3)).toEqual(["item.completed", "turn.failed", "thread.completed"]);
    expect(await callsFor(id)).toHaveLength(1);
  });
});
