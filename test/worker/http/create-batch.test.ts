import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Batch } from "../../../src/batches/batch.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";

const post = <Body = Batch>(body: unknown, headers: { [name: string]: string } = {}) =>
  call<Body>("POST", "/v1/batches", { body, headers });
const refused = (body: unknown, headers: { [name: string]: string } = {}) => post<ProblemBody>(body, headers);
const ended = async (batchId: string) => (await call<Batch>("GET", `/v1/batches/${batchId}?wait=20`)).body;
const known = async (taskId: string) => (await call("GET", `/v1/delegations/${taskId}`)).status;

describe("POST /v1/batches", () => {
  test("accepts all tasks at once, gives those without an id one of the batch's, and merges the defaults under each", async () => {
    const own = freshId("own");
    const { status, body, headers } = await post({
      tasks: [
        { prompt: simulate({ text: "one" }, freshId()) },
        { prompt: simulate({ text: "two" }, freshId()), task_id: own, model: "gpt-4-turbo", properties: { mine: true } },
      ],
      defaults: { provider: "claude", model: "claude-haiku", properties: { mine: false }, task_type: "TESTING" },
    });
    expect(status).toBe(202);
    expect(body.batch_id).toMatch(/^batch_[0-9A-Z]{26}$/);
    expect(headers.get("location")).toBe(`/v1/batches/${body.batch_id}`);
    expect(Object.keys(body.results)).toEqual([`${body.batch_id}.0`, own]);
    const done = await ended(body.batch_id);
    expect(done).toMatchObject({ status: "completed", created_by: "owner", counts: { completed: 2, total: 2 } });
    const first = (await call<Delegation>("GET", `/v1/delegations/${body.batch_id}.0`)).body;
    expect(first).toMatchObject({
      requested_model: "claude-haiku",
      task_type: "TESTING",
      properties: { mine: false },
      output: "one",
    });
    const second = (await call<Delegation>("GET", done.results[own]?.url ?? "")).body;
    expect(second).toMatchObject({
      requested_model: "gpt-4-turbo",
      task_type: "TESTING",
      properties: { mine: true },
      output: "two",
    });
    const listed = await call<{ data: Delegation[] }>("GET", `/v1/delegations?batch_id=${body.batch_id}`);
    expect(listed.body.data.map(({ task_id }) => task_id).sort()).toEqual([`${body.batch_id}.0`, own].sort());
  });

  test("is the same batch with the same id and body, and a conflict with another body", async () => {
    const mark = freshId("mark");
    const body = { batch_id: freshId("batch"), tasks: [{ prompt: simulate({ text: "x" }, mark) }] };
    expect((await post(body)).status).toBe(202);
    await ended(body.batch_id);
    const again = await post(body);
    expect(again).toMatchObject({ status: 200, body: { batch_id: body.batch_id, status: "completed" } });
    const other = await refused({ ...body, max_concurrency: 1 });
    expect(other).toMatchObject({ status: 409, body: { code: "conflict", errors: [{ path: "batch_id", message: "is taken" }] } });
    expect(await callsFor(mark)).toHaveLength(1);
  });

  test("derives the batch's and the tasks' ids from an Idempotency-Key", async () => {
    const headers = { "idempotency-key": freshId("key") };
    const body = { tasks: [{ prompt: simulate({ text: "x" }, freshId()) }] };
    const first = await post(body, headers);
    const again = await post(body, headers);
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.body.batch_id).toBe(first.body.batch_id);
    expect(Object.keys(again.body.results)).toEqual(Object.keys(first.body.results));
    expect(await refused({ ...body, max_concurrency: 3 }, headers)).toMatchObject({
      status: 422,
      body: { code: "idempotency_mismatch" },
    });
  });

  test("names every id that a delegation with another body has, and starts nothing", async () => {
    const [taken, deleted, free] = [freshId("taken"), freshId("deleted"), freshId("free")];
    const single = (task_id: string) =>
      call("POST", "/v1/delegations", { body: { prompt: simulate({ text: "x" }, task_id), task_id } });
    await Promise.all([single(taken), single(deleted)]);
    for (const id of [taken, deleted]) await call("GET", `/v1/delegations/${id}?wait=20`);
    await call("DELETE", `/v1/delegations/${deleted}`);
    const onList = () =>
      env.DB.prepare("select count(*) as n from delegations where task_id = ? or (task_id = ? and deleted_at is not null)")
        .bind(taken, deleted)
        .first("n");
    await expect.poll(onList).toBe(2);
    const tasks = [taken, free, deleted].map((task_id) => ({ prompt: "other", task_id }));
    const { status, body } = await refused({ tasks });
    expect(status).toBe(409);
    expect(body.errors?.map(({ path }) => path).sort()).toEqual(["tasks.0.task_id", "tasks.2.task_id"]);
    expect(await known(free)).toBe(404);
  });

  test("takes over a delegation that runs already with the same body, paid once", async () => {
    const task_id = freshId();
    const task = { prompt: simulate({ text: "shared", delay_ms: 100 }, task_id) };
    await call("POST", "/v1/delegations", { body: { ...task, task_id } });
    const { body } = await post({ tasks: [{ ...task, task_id }] });
    expect((await ended(body.batch_id)).results[task_id]).toMatchObject({ status: "completed", output: "shared" });
    expect(await callsFor(task_id)).toHaveLength(1);
  });
});

const good = { prompt: "fine" };
const REFUSALS: [string, unknown, string, string[]][] = [
  ["no tasks", {}, "invalid_request", ["tasks"]],
  ["an empty list", { tasks: [] }, "invalid_request", ["tasks"]],
  ["a field nobody knows", { tasks: [good], wait: true }, "invalid_request", ["wait"]],
  ["a bad batch id", { tasks: [good], batch_id: "-x" }, "invalid_request", ["batch_id"]],
  ["a batch id too long for its tasks' ids", { tasks: [good], batch_id: "x".repeat(121) }, "invalid_request", ["batch_id"]],
  ["no room to run", { tasks: [good], max_concurrency: 0 }, "invalid_request", ["max_concurrency"]],
  ["a prompt in the defaults", { tasks: [good], defaults: { prompt: "x" } }, "invalid_request", ["defaults.prompt"]],
  ["a task without a prompt", { tasks: [good, {}] }, "invalid_request", ["tasks.1.prompt"]],
  ["an unknown field of a task", { tasks: [good, { ...good, x: 1 }] }, "invalid_request", ["tasks.1.x"]],
  ["an unknown model", { tasks: [good, good, good, { ...good, model: "gpt-9" }] }, "invalid_request", ["tasks.3.model"]],
  [
    "several tasks at fault",
    { tasks: [{ ...good, model: "gpt-9" }, good, { ...good, output_schema: { type: "array" } }] },
    "invalid_request",
    ["tasks.0.model", "tasks.2.output_schema"],
  ],
  [
    "an id twice",
    {
      tasks: [
        { ...good, task_id: "twice" },
        { ...good, task_id: "twice" },
      ],
    },
    "invalid_request",
    ["tasks.1.task_id"],
  ],
  [
    "the id another task will get",
    { tasks: [{ ...good, task_id: "b.1" }, good], batch_id: "b" },
    "invalid_request",
    ["tasks.1.task_id"],
  ],
  ["a default that fits no task", { tasks: [good], defaults: { model: "gpt-9" } }, "invalid_request", ["tasks.0.model"]],
  [
    "a system prompt too long",
    { tasks: [good, { ...good, system: "x".repeat(256_001) }] },
    "payload_too_large",
    ["tasks.1.system"],
  ],
  ["1,001 tasks", { tasks: Array.from({ length: 1_001 }, () => good) }, "payload_too_large", ["tasks"]],
  [
    "defaults that make it 200 MB",
    { tasks: Array.from({ length: 1_000 }, () => good), defaults: { system: "x".repeat(200_000) } },
    "payload_too_large",
    ["tasks"],
  ],
];

describe("a batch that is refused", () => {
  test.each(REFUSALS)("%s", async (_title, body, code, paths) => {
    const answer = await refused(body);
    expect(answer.body).toMatchObject({ code });
    expect(answer.body.errors?.map(({ path }) => path)).toEqual(paths);
  });

  test("starts none of its tasks", async () => {
    const task_id = freshId();
    await refused({
      tasks: [
        { ...good, task_id },
        { ...good, model: "gpt-9" },
      ],
    });
    expect(await known(task_id)).toBe(404);
  });

  test("GET of an unknown batch is 404", async () => {
    expect((await call("GET", "/v1/batches/nobody")).status).toBe(404);
    expect((await call("POST", "/v1/batches/nobody/cancel")).status).toBe(404);
  });
});
