import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, eventsOf, freshId, objectOf, rowOf } from "../../support/delegation-object.ts";

const record = (body: object, headers = {}) => call<Delegation>("POST", "/v1/records", { body, headers });
const refused = (body: object, headers = {}) => call<ProblemBody>("POST", "/v1/records", { body, headers });
const get = async (id: string) => (await call<Delegation>("GET", `/v1/delegations/${id}`)).body;

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

const WORK = {
  prompt: "Design the schema",
  agent: "Ada Lovelace",
  status: "completed",
  created_at: "2026-11-01T10:00:00+01:00",
  started_at: "2026-11-01T09:30:00Z",
  completed_at: "2026-11-01T10:00:00.500Z",
  output: "create table …",
  tokens_used: 1_500,
  usage: { input_tokens: 1_000, output_tokens: 500 },
  model: "claude-opus",
  cost: 0.123456789,
  task_type: "ARCHITECTURE",
};

describe("POST /v1/records", () => {
  test("puts work on record as it was told, final from the first, with no attempt of ours", async () => {
    const task_id = freshId();
    const { status, headers, body } = await record({ task_id, ...WORK });
    expect([status, headers.get("location")]).toEqual([201, `/v1/delegations/${task_id}`]);
    expect(body).toMatchObject({
      ...WORK,
      task_id,
      created_at: "2026-11-01T09:00:00.000Z",
      started_at: "2026-11-01T09:30:00.000Z",
      usage: { input_tokens: 1_000, cached_input_tokens: 0, output_tokens: 500 },
      provider: "claude",
      cost_nanos: 123_456_789,
      usage_final: true,
      cost_max_nanos: 123_456_789,
      source: "recorded",
      outcome: "completed",
      attempts: [],
      created_by: "owner",
    });
    expect(await get(task_id)).toEqual(body);
    expect(await callsFor(WORK.prompt)).toEqual([]);
  });

  test("takes what the original system's create took, and keeps what it does not know as properties", async () => {
    const task_id = freshId("improvement-cycle");
    const { body } = await record({ task_id, feedback_iteration: 2, output_tokens: 512 });
    expect(body).toMatchObject({
      task_id,
      status: "completed",
      agent: "default",
      prompt: "",
      output: null,
      properties: { feedback_iteration: 2 },
      tokens_used: 512,
      usage: { output_tokens: 512 },
      provider: "unknown",
      model: null,
      cost: null,
      started_at: null,
    });
    expect(body.created_at).toBe(body.completed_at);
  });

  test("says so when it ended longer ago than texts are kept", async () => {
    const long = await record({ prompt: "x", completed_at: "2020-01-01T00:00:00Z" });
    const message = expect.stringMatching(/^It ended longer ago than texts are kept here, 90 days \(RETENTION_DAYS\):/);
    expect(long).toMatchObject({ status: 201, body: { warnings: [{ code: "past_retention", message }] } });
    expect(await get(long.body.task_id)).toEqual(long.body);
    expect((await record({ prompt: "x", completed_at: daysAgo(89) })).body.warnings).toEqual([]);
  });

  test("joins what it does not know with the properties, whatever they are called", async () => {
    const { body } = await record({ constructor: { a: [1] }, properties: { team: "x" } });
    expect(body.properties).toEqual({ constructor: { a: [1] }, team: "x" });
  });

  test("keeps a failure with its error, its output and what it cost", async () => {
    const error = { code: "gave_up", message: "Too hard." };
    const { body } = await record({ status: "failed", error, output: "half", cost: 1, score: 0.1, score_comment: "No." });
    expect(body).toMatchObject({ status: "failed", error, output: "half", outcome: null, score: 0.1, score_comment: "No." });
    expect((await record({ status: "cancelled" })).body).toMatchObject({ status: "cancelled", error: null });
  });

  test("is on the list, and has events from its beginning to its end", async () => {
    const task_id = freshId();
    await record({ task_id, ...WORK });
    const types = (await eventsOf(objectOf(task_id))).map(({ type }) => type);
    expect(types).toEqual(["thread.started", "item.started", "item.updated", "item.completed", "thread.completed"]);
    await expect.poll(() => rowOf(task_id)).toMatchObject({ source: "recorded", output_preview: WORK.output, attempts: 0 });
    const listed = await call<{ data: Delegation[] }>("GET", "/v1/delegations?source=recorded&agent=Ada%20Lovelace");
    expect(listed.body.data.map((each) => each.task_id)).toContain(task_id);
  });

  test("the same id with the same body is the same, with another one a conflict, whoever has it", async () => {
    const task_id = freshId();
    expect((await record({ task_id, ...WORK })).status).toBe(201);
    expect((await record({ ...WORK, task_id })).status).toBe(200);
    expect((await refused({ task_id, prompt: "other" })).body).toMatchObject({ status: 409, errors: [{ path: "task_id" }] });
    expect((await call("POST", "/v1/delegations", { body: { task_id, prompt: "x" } })).status).toBe(409);
    const other = freshId();
    await call("POST", "/v1/delegations", { body: { task_id: other, prompt: simulate({ text: "x" }) } });
    expect((await refused({ task_id: other, prompt: simulate({ text: "x" }) })).status).toBe(409);
  });

  test("an Idempotency-Key stands for one record", async () => {
    const headers = { "Idempotency-Key": freshId() };
    const first = await record({ prompt: "a" }, headers);
    const again = await record({ prompt: "a" }, headers);
    expect([first.status, again.status, again.body.task_id]).toEqual([201, 200, first.body.task_id]);
    expect((await refused({ prompt: "b" }, headers)).body).toMatchObject({ status: 422, code: "idempotency_mismatch" });
  });

  test("is deleted like any other, and its id is not used again", async () => {
    const task_id = freshId();
    await record({ task_id, ...WORK, score: 1, score_comment: "fine" });
    await expect.poll(() => rowOf(task_id)).toMatchObject({ score_comment: "fine" });
    expect((await call("DELETE", `/v1/delegations/${task_id}`)).status).toBe(204);
    expect((await refused({ task_id, ...WORK })).status).toBe(410);
    await expect
      .poll(() => rowOf(task_id))
      .toMatchObject({ prompt_preview: null, output_preview: null, score_comment: null, cost_nanos: 123_456_789 });
  });

  test("cancelling it is a conflict, and running it again needs a prompt", async () => {
    const { body: bare } = await record({ output: "x" });
    expect((await call("POST", `/v1/delegations/${bare.task_id}/cancel`)).status).toBe(409);
    expect((await call("POST", `/v1/delegations/${bare.task_id}/retry`)).status).toBe(409);
    const { body } = await record({ prompt: simulate({ text: "again" }), agent: "Ada" });
    const again = await call<Delegation>("POST", `/v1/delegations/${body.task_id}/retry`);
    expect([again.status, again.body.agent, again.body.source]).toEqual([202, "Ada", "run"]);
  });

  test("counts in the costs by its model, provider, agent and kind of work", async () => {
    const [provider, model, agent] = [freshId("vendor"), freshId("model"), freshId("agent")];
    const ids = [freshId(), freshId()];
    const work = { provider, model, agent, task_type: "TESTING", tokens_used: 10 };
    await record({ ...work, task_id: ids[0], cost: 0.25 });
    await record({ ...work, task_id: ids[1], cost: 0.5, status: "failed" });
    await record({ ...work });
    for (const id of ids) await expect.poll(() => rowOf(id)).not.toBeNull();
    const sums = { count: 3, tokens: 30, total_cost: 0.75, unpriced_count: 1, wasted_cost: 0.5, uncertain_cost: 0 };
    const costs = (query: string) => call<{ data: object[] }>("GET", `/v1/costs?${query}`).then(({ body }) => body.data);
    const paid = { model, provider, agent, task_type: "TESTING", ...sums };
    await expect
      .poll(() => costs(`group_by=model,provider,agent,task_type&agent=${agent}`))
      .toEqual([expect.objectContaining(paid)]);
    expect(await costs(`group_by=agent&agent=${agent}`)).toEqual([expect.objectContaining({ agent, ...sums })]);
    expect(await costs(`group_by=agent&model=${model}`)).toEqual([expect.objectContaining({ agent, ...sums })]);
  });

  test.each<[object, string]>([
    [{ status: "pending" }, "status"],
    [{ created_at: "yesterday" }, "created_at"],
    [{ completed_at: "2026-11-01 10:00" }, "completed_at"],
    [{ created_at: "2026-11-01T10:00:00Z", started_at: "2026-11-01T09:59:59Z" }, "started_at"],
    [{ started_at: "2026-11-01T10:00:00Z", completed_at: "2026-11-01T09:00:00Z" }, "completed_at"],
    [{ created_at: "2026-11-01T10:00:00Z", completed_at: "2026-11-01T09:00:00Z" }, "completed_at"],
    [{ completed_at: "2999-01-01T00:00:00Z" }, "completed_at"],
    [{ created_at: "2999-01-01T00:00:00Z" }, "created_at"],
    [{ cost: -1 }, "cost"],
    [{ cost: "1" }, "cost"],
    [{ cost: 0.1, cost_nanos: 1 }, "cost_nanos"],
    [{ tokens_used: 1.5 }, "tokens_used"],
    [{ tokens_used: 7, usage: { input_tokens: 1, output_tokens: 2 } }, "tokens_used"],
    [{ tokens_used: 1, output_tokens: 2 }, "tokens_used"],
    [{ output_tokens: 1, usage: { output_tokens: 2 } }, "output_tokens"],
    [{ usage: { words: 1 } }, "usage.words"],
    [{ usage: { input_tokens: 3, cached_input_tokens: 2, cache_write_input_tokens: 2 } }, "usage.input_tokens"],
    [{ usage: { reasoning_output_tokens: 2 }, output_tokens: 1 }, "usage.reasoning_output_tokens"],
    [{ "": 1 }, ""],
    [{ ["x".repeat(101)]: 1 }, "x".repeat(101)],
    [{ error: { code: "x", message: "y" } }, "error"],
    [{ score: 1.1 }, "score"],
    [{ score_comment: "x" }, "score_comment"],
    [{ attempts: [] }, "attempts"],
    [{ batch_id: "b" }, "batch_id"],
    [{ temperature: 1 }, "temperature"],
    [{ sprint: 1, properties: { sprint: 2 } }, "sprint"],
    [{ task_id: "-" }, "task_id"],
    [{ task_type: "DANCING" }, "task_type"],
  ])("refuses %j, naming %s", async (body, path) => {
    const { body: problem } = await refused(body);
    expect([problem.status, problem.errors?.[0]?.path]).toEqual([400, path]);
  });

  test("refuses an output over its limit, telling it", async () => {
    const { body } = await refused({ output: "x".repeat(1_000_001) });
    expect(body).toMatchObject({ status: 413, errors: [{ path: "output", message: expect.stringContaining("1,000,000") }] });
  });
});

describe("POST /v1/delegations/{task_id}/score", () => {
  const score = (id: string, body: object) =>
    call<Delegation & { code?: string }>("POST", `/v1/delegations/${id}/score`, { body });

  test("is shown in the delegation and the list, and replaced when it is said again", async () => {
    const task_id = freshId();
    await record({ task_id, prompt: "x" });
    expect((await get(task_id)).score).toBeNull();
    const first = await score(task_id, { score: 0.25, comment: "Meh." });
    expect([first.status, first.body.score, first.body.score_comment]).toEqual([200, 0.25, "Meh."]);
    await score(task_id, { score: 1 });
    expect(await get(task_id)).toMatchObject({ score: 1, score_comment: null });
    const path = `/v1/delegations?source=recorded&limit=200`;
    const listed = async () => (await call<{ data: Delegation[] }>("GET", path)).body.data.find((row) => row.task_id === task_id);
    await expect.poll(listed).toMatchObject({ score: 1, score_comment: null });
  });

  test("changes nothing else of what has run", async () => {
    const task_id = freshId();
    await call("POST", "/v1/delegations", { body: { task_id, prompt: simulate({ text: "done" }) } });
    const { body: before } = await call<Delegation>("GET", `/v1/delegations/${task_id}?wait=20`);
    const { body: after } = await score(task_id, { score: 0 });
    expect(after).toEqual({ ...before, score: 0, score_comment: null });
  });

  test("leaves the batch of the task as it is", async () => {
    const batch_id = freshId();
    await call("POST", "/v1/batches", { body: { batch_id, tasks: [{ prompt: simulate({ text: "done" }) }] } });
    const { body: before } = await call("GET", `/v1/batches/${batch_id}?wait=20`);
    await score(`${batch_id}.0`, { score: 0.5 });
    expect((await call("GET", `/v1/batches/${batch_id}`)).body).toEqual(before);
  });

  test("is refused of what has not ended, is not there, or was deleted", async () => {
    const task_id = freshId();
    await call("POST", "/v1/delegations", { body: { task_id, prompt: "x", approval: "manual" } });
    expect(await score(task_id, { score: 1 })).toMatchObject({ status: 409, body: { code: "conflict" } });
    await call("DELETE", `/v1/delegations/${task_id}`);
    expect((await score(task_id, { score: 1 })).status).toBe(410);
    expect((await score(freshId(), { score: 1 })).status).toBe(404);
  });

  test("is refused of a task that its batch holds back", async () => {
    const batch_id = freshId();
    const tasks = [{ prompt: simulate({ text: "slow", first_ms: 60_000 }) }, { prompt: simulate({ text: "x" }) }];
    await call("POST", "/v1/batches", { body: { batch_id, tasks, max_concurrency: 1 } });
    await expect.poll(() => score(`${batch_id}.1`, { score: 1 })).toMatchObject({ status: 409, body: { code: "conflict" } });
    await call("POST", `/v1/batches/${batch_id}/cancel`);
  });

  test.each<[object, string]>([
    [{}, "score"],
    [{ score: 2 }, "score"],
    [{ score: "1" }, "score"],
    [{ score: 1, comment: "x".repeat(2_001) }, "comment"],
    [{ score: 1, by: "me" }, "by"],
  ])("refuses %j, naming %s", async (body, path) => {
    const { body: problem } = await call<ProblemBody>("POST", "/v1/delegations/some-id/score", { body });
    expect([problem.status, problem.errors?.[0]?.path]).toEqual([400, path]);
  });
});
