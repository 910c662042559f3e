import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { DelegationState } from "../../../src/delegations/delegation-state.ts";
import { finalOf, freshId, objectOf, rowOf, runToEnd, specOf } from "../../support/delegation-object.ts";

/** A D1 that answers nothing but an error. */
const brokenDatabase = new Proxy(env.DB, {
  get: () => () => {
    throw new Error("D1 is not there");
  },
});

describe("the projection", () => {
  test("that fails keeps the task's outcome, is tried again later, and then lands", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await runInDurableObject(stub, (object) => {
      Object.assign(object, { env: { ...env, DB: brokenDatabase } });
    });
    await stub.start(specOf(id, simulate({ text: "safe" }, id)));
    expect(await finalOf(stub)).toMatchObject({ status: "completed", output: "safe" });
    expect(await rowOf(id)).toBeNull();
    const row = () =>
      runInDurableObject(stub, (_object, state) => state.storage.kv.get<{ failures: number }>("outbox/projection"));
    await expect.poll(async () => (await row())?.failures).toBeGreaterThanOrEqual(1);
    await evictDurableObject(stub);
    await stub.wake();
    await expect.poll(() => rowOf(id)).toMatchObject({ status: "completed" });
    await expect.poll(row).toBeUndefined();
  });

  test("is never asked: the object answers from its own state whatever the list says", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "true" }, id)));
    await expect.poll(async () => (await rowOf(id))?.status).toBe("completed");
    await env.DB.prepare("update delegations set status = 'pending', cost_nanos = 1 where task_id = ?").bind(id).run();
    expect(await finalOf(objectOf(id))).toMatchObject({ status: "completed", output: "true" });
  });

  test("of a task that ended leaves nothing armed and nothing owed", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "quiet" }, id)));
    const left = () =>
      runInDurableObject(objectOf(id), async (_object, state) => ({
        alarm: await state.storage.getAlarm(),
        owed: [...state.storage.kv.list({ prefix: "outbox/" })].length,
      }));
    await expect.poll(left).toEqual({ alarm: null, owed: 0 });
  });
});

describe("a final state", () => {
  test("never changes, whatever is asked of it afterwards", async () => {
    const id = freshId();
    const stub = objectOf(id);
    const done = await runToEnd(specOf(id, simulate({ text: "final" }, id)));
    const version = () => runInDurableObject(stub, (_object, state) => state.storage.kv.get<DelegationState>("state")?.version);
    const before = await version();
    await Promise.all([
      stub.cancel("a"),
      stub.decide("approve", "a"),
      stub.decide("reject", "a"),
      stub.wake(),
      stub.start(specOf(id, "x")),
    ]);
    expect(await finalOf(stub)).toEqual(done);
    expect(await version()).toBe(before);
  });
});

describe("a large task", () => {
  test("of a 1,000,000 byte prompt runs, and no row is near the platform's 2,000,000 bytes", async () => {
    const id = freshId();
    const stub = objectOf(id);
    const prompt = `${simulate({ text: "world ".repeat(50_000) }, id)}${'é\n"'.repeat(150_000)}`;
    const done = await runToEnd(specOf(id, prompt));
    expect(done).toMatchObject({ status: "completed", output: "world ".repeat(50_000), prompt });
    const largest = await runInDurableObject(stub, (_object, state) =>
      Math.max(...[...state.storage.kv.list()].map(([key, value]) => 2 * (key.length + JSON.stringify(value).length))),
    );
    expect(largest).toBeLessThan(2_000_000);
  });
});
