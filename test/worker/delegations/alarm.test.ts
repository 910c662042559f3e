import { runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { callsFor, finalOf, freshId, objectOf, specOf } from "../../support/delegation-object.ts";

const alarmOf = (id: string) => runInDurableObject(objectOf(id), (_object, state) => state.storage.getAlarm());

describe("the one alarm", () => {
  test("is left alone while an attempt runs, whatever arrives: a later one would replace the crash recovery", async () => {
    const id = freshId();
    const stub = objectOf(id);
    const spec = specOf(id, simulate({ text: "x".repeat(200), delay_ms: 10_000 }, id));
    await stub.start(spec);
    await expect.poll(async () => (await callsFor(id)).length).toBe(1);
    const viewer = await stub.events(0, "sse");
    await Promise.all([stub.start(spec), stub.wake(), stub.read(0), stub.decide("approve", "a"), stub.events(0, "ndjson")]);
    expect(await alarmOf(id)).toBeNull();
    await stub.cancel("a");
    if (viewer.kind === "stream") await viewer.stream.cancel();
  });

  test("is set to the next attempt while the task waits", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate([{ status: 429, retry_after: 30 }, { text: "later" }], id)));
    await expect.poll(() => alarmOf(id)).toBeGreaterThan(Date.now() + 25_000);
    await stub.cancel("a");
  });

  test("run twice at once makes one vendor call", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate({ text: "once", first_ms: 200 }, id)));
    await runInDurableObject(stub, async (object) => {
      await Promise.all([object.alarm?.(), object.alarm?.(), object.alarm?.()]);
    });
    expect((await finalOf(stub)).attempts).toHaveLength(1);
    expect(await callsFor(id)).toHaveLength(1);
  });
});

describe("rows that an earlier release stored", () => {
  test("are read and finished by this one", async () => {
    const id = freshId();
    const prompt = simulate({ text: "from old rows" }, id);
    const stub = objectOf(id);
    const spec = {
      workspace: "default",
      task_id: id,
      hash: "h",
      input: { prompt },
      candidates: [{ provider: "claude", endpoint: null, model: "claude-opus-5-5", requested: "claude-opus" }],
      warnings: [],
      created_by: "owner",
      created_at: Date.now(),
      parent_task_id: null,
      repository: null,
    };
    const state = {
      version: 1,
      status: "pending",
      started_at: null,
      completed_at: null,
      outcome: null,
      error: null,
      attempts: [],
      candidate: 0,
      tries: 0,
      refusals: 0,
      due_at: Date.now(),
      deadline_at: Date.now() + 60_000,
      cancel_requested_by: null,
      decision: null,
      warnings: [],
      output_packs: [],
    };
    await runInDurableObject(stub, async (_object, { storage }) => {
      storage.kv.put("spec", JSON.stringify(spec));
      storage.kv.put("state", state);
      storage.kv.put("outbox/projection", { due_at: Date.now(), failures: 0 });
    });
    await stub.wake();
    expect(await finalOf(stub)).toMatchObject({ status: "completed", output: "from old rows" });
  });
});
