import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Batch } from "../../../src/batches/batch.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";

/** A batch that holds back its second task while the first one runs; `held` says more of the second. */
async function holding(held: object = {}) {
  const mark = freshId("held");
  const slow = simulate({ text: "slow", first_ms: 60_000 }, freshId());
  const tasks = [{ prompt: slow }, { prompt: simulate({ text: "held" }, mark), ...held }];
  const { body } = await call<Batch>("POST", "/v1/batches", { body: { tasks, max_concurrency: 1 } });
  const batchId = body.batch_id;
  const taskId = `${batchId}.1`;
  const ask = (method: string, verb = "") => call<Delegation>(method, `/v1/delegations/${taskId}${verb}`);
  const batch = async (query = "") => (await call<Batch>("GET", `/v1/batches/${batchId}${query}`)).body;
  expect((await ask("GET")).body.status).toBe("pending");
  const ended = async () => {
    await call("POST", `/v1/delegations/${batchId}.0/cancel`);
    return batch("?wait=50");
  };
  return { batchId, taskId, mark, ask, batch, ended };
}

const manual = { approval: "manual" };

describe("a task that its batch holds back", () => {
  test("is approved before its turn, runs at once, and once", async () => {
    const { mark, ask, batch, ended } = await holding(manual);
    expect(await ask("POST", "/approve")).toMatchObject({ status: 200, body: { status: "pending" } });
    expect((await ask("GET", "?wait=20")).body).toMatchObject({ status: "completed", output: "held" });
    expect((await batch()).counts).toMatchObject({ in_progress: 1, completed: 1 });
    expect((await ask("POST", "/approve")).status).toBe(200);
    expect((await ask("POST", "/reject")).status).toBe(409);
    await ended();
    expect(await callsFor(mark)).toHaveLength(1);
  });

  test("is rejected before its turn, and never runs", async () => {
    const { taskId, mark, ask, ended } = await holding(manual);
    expect(await ask("POST", "/reject")).toMatchObject({
      status: 200,
      body: { status: "cancelled", error: { code: "rejected" } },
    });
    expect((await ask("POST", "/reject")).status).toBe(200);
    expect((await ask("POST", "/approve")).status).toBe(409);
    expect((await ended()).results[taskId]).toMatchObject({ status: "cancelled", error: { code: "rejected" } });
    expect(await callsFor(mark)).toEqual([]);
  });

  test("that needs no approval is not started by one", async () => {
    const { mark, ask } = await holding();
    expect((await ask("POST", "/approve")).status).toBe(409);
    expect((await ask("GET")).body.status).toBe("pending");
    expect(await callsFor(mark)).toEqual([]);
    await ask("POST", "/cancel");
  });

  test("is deleted: 410 from then on, no text of it is left, and it never runs", async () => {
    const { taskId, mark, ask, ended } = await holding();
    expect((await ask("DELETE")).status).toBe(204);
    expect((await ask("GET")).status).toBe(410);
    expect((await ask("DELETE")).status).toBe(204);
    const done = await ended();
    expect(done.results[taskId]).toMatchObject({ status: "cancelled", output: null });
    expect(await callsFor(mark)).toEqual([]);
    const row = () => env.DB.prepare("select prompt_preview, deleted_at from delegations where task_id = ?").bind(taskId).first();
    await expect.poll(row).toEqual({ prompt_preview: null, deleted_at: expect.any(Number) });
  });

  test("cannot be run again before it was run, and is said to be there", async () => {
    const { taskId, ask } = await holding();
    const problem = { code: "conflict", detail: `The delegation ${taskId} is pending: only a final one can be retried.` };
    expect(await ask("POST", "/retry")).toMatchObject({ status: 409, body: problem });
    await ask("POST", "/cancel");
  });

  test("of a batch that was cancelled is not approved", async () => {
    const { batchId, mark, ask } = await holding(manual);
    await call("POST", `/v1/batches/${batchId}/cancel`);
    expect((await ask("POST", "/approve")).status).toBe(409);
    expect(await callsFor(mark)).toEqual([]);
  });
});

describe("a task that nobody knows", () => {
  test("is neither approved, rejected nor deleted", async () => {
    const calls = [
      ["POST", "/approve"],
      ["POST", "/reject"],
      ["DELETE", ""],
    ] as const;
    for (const [method, verb] of calls) expect((await call(method, `/v1/delegations/nobody${verb}`)).status).toBe(404);
  });
});
