import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { sweep } from "../../../src/delegations/sweep.ts";
import { callsFor, finalOf, freshId, objectOf, rowOf, runToEnd, specOf } from "../../support/delegation-object.ts";

const HOUR_MS = 3_600_000;

/** Sweeps as if the retention had passed, as often as it takes: other tests' tasks are older, and one sweep takes only so many. */
async function sweptUntil(done: () => Promise<boolean>): Promise<void> {
  for (let rounds = 0; rounds < 20; rounds += 1) {
    await sweep(env, Date.now() + 91 * 24 * HOUR_MS);
    if (await done()) return;
  }
  throw new Error("the sweep did not come to it");
}

describe("the sweep", () => {
  test("wakes a task whose alarm is gone, and it completes", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate([{ status: 429, retry_after: 1 }, { text: "rescued" }], id)));
    await expect.poll(async () => (await rowOf(id))?.attempts, { timeout: 5_000 }).toBe(1);
    await runInDurableObject(stub, (_object, state) => state.storage.deleteAlarm());
    await evictDurableObject(stub);
    await sweep(env, Date.now() + HOUR_MS);
    expect(await finalOf(stub)).toMatchObject({ status: "completed", output: "rescued" });
    expect(await callsFor(id)).toHaveLength(2);
  });

  test("leaves a task alone that is not late", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate([{ status: 429, retry_after: 30 }, { text: "later" }], id)));
    await expect.poll(async () => (await rowOf(id))?.attempts, { timeout: 5_000 }).toBe(1);
    await runInDurableObject(stub, (_object, state) => state.storage.deleteAlarm());
    await sweep(env, Date.now());
    expect(await runInDurableObject(stub, (_object, state) => state.storage.getAlarm())).toBeNull();
    await stub.cancel("owner");
  });

  test("takes bodies, events and previews away after the retention, and leaves the books", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "old news" }, id)));
    await expect.poll(async () => (await rowOf(id))?.status).toBe("completed");
    await sweptUntil(async () => (await objectOf(id).read(0)).kind === "gone");
    await expect.poll(() => rowOf(id)).toMatchObject({ prompt_preview: null, output_preview: null, cost_nanos: done.cost_nanos });
    expect((await rowOf(id))?.deleted_at).not.toBeNull();
  });

  test("lets go of a row whose object is not there, so that it cannot hold up the others for ever", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "orphan" }, id)));
    await expect.poll(async () => (await rowOf(id))?.status).toBe("completed");
    const orphan = freshId();
    await env.DB.prepare("update delegations set task_id = ? where task_id = ?").bind(orphan, id).run();
    await sweptUntil(async () => (await rowOf(orphan))?.deleted_at !== null);
    expect(await rowOf(orphan)).toMatchObject({ prompt_preview: null, deleted_at: expect.any(Number) });
  });
});
