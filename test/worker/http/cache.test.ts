import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Delegation, DelegationInput } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, eventsOf, freshId, objectOf, rowOf } from "../../support/delegation-object.ts";

const CACHE = { max_age: 3_600 };
const create = (body: DelegationInput) => call<Delegation>("POST", "/v1/delegations", { body });
const final = async (taskId: string) => (await call<Delegation>("GET", `/v1/delegations/${taskId}?wait=20`)).body;

/** A completed task whose answer may be reused, and its body. */
async function source(ask: Partial<DelegationInput> = {}, scenario: Parameters<typeof simulate>[0] = { text: "The answer." }) {
  const mark = freshId("mark");
  const body = { prompt: simulate(scenario, mark), model: "claude-opus", ...ask };
  const { task_id } = (await create(body)).body;
  const done = await final(task_id);
  await expect.poll(() => rowOf(task_id)).toMatchObject({ status: done.status });
  return { mark, body, done, task_id };
}

describe("a delegation with cache", () => {
  test("is answered 201 by an equal one that was completed before, at no cost and without asking a vendor", async () => {
    const { mark, body, done } = await source();
    const answer = await create({ ...body, cache: CACHE, properties: { mine: true } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/v1/delegations/${answer.body.task_id}`);
    expect(answer.body).toMatchObject({
      status: "completed",
      output: "The answer.",
      outcome: "completed",
      provider: done.provider,
      model: done.model,
      cached_from: done.task_id,
      source: "run",
      attempts: [],
      tokens_used: 0,
      cost: 0,
      cost_nanos: 0,
      usage_final: true,
      properties: { mine: true },
    });
    expect(await callsFor(mark)).toHaveLength(1);
  });

  test("is a delegation like any other afterwards: read, listed, counted and followed", async () => {
    const { body, done } = await source();
    const { task_id } = (await create({ ...body, cache: CACHE })).body;
    expect(await final(task_id)).toMatchObject({ output: "The answer.", cached_from: done.task_id });
    await expect
      .poll(() => rowOf(task_id))
      .toMatchObject({
        status: "completed",
        cost_nanos: 0,
        output_preview: "The answer.",
        cached_from: done.task_id,
        cache_key: null,
      });
    const types = (await eventsOf(objectOf(task_id))).map(({ type }) => type);
    expect(types).toEqual(["thread.started", "item.started", "item.updated", "item.completed", "thread.completed"]);
  });

  test("has the whole answer, though the list keeps only a preview", async () => {
    const { body } = await source({}, { text: "abcdefghij", repeat: 1_000 });
    expect((await create({ ...body, cache: CACHE })).body.output).toHaveLength(10_000);
  });

  test("answers 200 when it comes again, and what it answered first", async () => {
    const { body, done } = await source();
    const task_id = freshId();
    const [first, again] = [await create({ ...body, task_id, cache: CACHE }), await create({ ...body, task_id, cache: CACHE })];
    expect([first.status, again.status, again.body.cached_from]).toEqual([201, 200, done.task_id]);
  });

  test("without one that is equal runs, and is the answer for the next", async () => {
    const { mark, body, task_id } = await source({ cache: CACHE });
    expect((await final(task_id)).cached_from).toBeNull();
    expect((await create({ ...body, cache: CACHE })).body.cached_from).toBe(task_id);
    const other = await create({ ...body, cache: CACHE, system: "Other." });
    expect(other.status).toBe(202);
    await final(other.body.task_id);
    expect(await callsFor(mark)).toHaveLength(2);
  });

  test("is paid by nobody, so it waits for no approval", async () => {
    const { body } = await source();
    const { status, body: answer } = await create({ ...body, cache: CACHE, approval: "manual" });
    expect([status, answer.status]).toEqual([201, "completed"]);
  });

  test("runs when the answer is older than max_age", async () => {
    const { body, task_id } = await source();
    const age = env.DB.prepare("update delegations set completed_at = completed_at - 100000 where task_id = ?");
    await age.bind(task_id).run();
    expect((await create({ ...body, cache: { max_age: 99 } })).status).toBe(202);
  });

  test("runs when the answer was deleted, even while the list does not know", async () => {
    const { body, task_id } = await source();
    const query = "select cache_key from delegations where task_id = ?";
    const key = await env.DB.prepare(query).bind(task_id).first("cache_key");
    await call("DELETE", `/v1/delegations/${task_id}`);
    await expect.poll(() => rowOf(task_id)).toMatchObject({ cache_key: null });
    await env.DB.prepare("update delegations set cache_key = ?, deleted_at = null where task_id = ?").bind(key, task_id).run();
    const answer = await create({ ...body, cache: CACHE });
    expect([answer.status, answer.body.cached_from]).toEqual([202, null]);
  });

  test("takes no answer from a fallback, from a cut answer, or from the cache", async () => {
    const fallback = await source({ fallbacks: [{ provider: "codex" }] }, [{ status: 401 }, { text: "by another" }]);
    const cut = await source({}, { text: "cut", outcome: "truncated" });
    for (const { body, done } of [fallback, cut]) {
      expect(done.status).toBe("completed");
      expect((await create({ ...body, cache: CACHE })).status).toBe(202);
    }
    const { body, task_id } = await source();
    const cached = (await create({ ...body, cache: CACHE })).body.task_id;
    await expect.poll(() => rowOf(cached)).toMatchObject({ status: "completed" });
    await call("DELETE", `/v1/delegations/${task_id}`);
    await expect.poll(() => rowOf(task_id)).toMatchObject({ cache_key: null });
    expect((await create({ ...body, cache: CACHE })).status).toBe(202);
  });

  test("that is retried runs", async () => {
    const { body, mark } = await source();
    const { task_id } = (await create({ ...body, cache: CACHE })).body;
    const retry = await call<Delegation>("POST", `/v1/delegations/${task_id}/retry`);
    expect([retry.status, retry.body.cached_from]).toEqual([202, null]);
    await final(retry.body.task_id);
    expect(await callsFor(mark)).toHaveLength(2);
  });

  test("is told that copilot's work is never reused", async () => {
    const { body } = await create({ prompt: "x", provider: "copilot", cache: CACHE, deadline: 1 });
    expect(body.warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining("cache has no effect"));
  });

  test.each([{ max_age: 0 }, { max_age: 2_592_001 }, { max_age: 1.5 }, {}, true, { max_age: 1, ttl: 1 }])(
    "refuses %j, naming the field",
    async (cache) => {
      const answer = await call<ProblemBody>("POST", "/v1/delegations", { body: { prompt: "x", cache } });
      expect([answer.status, answer.body.errors?.[0]?.path.split(".")[0]]).toEqual([400, "cache"]);
    },
  );
});
