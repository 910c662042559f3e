import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, freshId, objectOf } from "../../support/delegation-object.ts";

const create = (body: unknown, headers = {}) => call<Delegation>("POST", "/v1/delegations", { body, headers });
const refused = (body: unknown, headers = {}) => call<ProblemBody>("POST", "/v1/delegations", { body, headers });

describe("POST /v1/delegations", () => {
  test("answers 202 with the delegation and its address, and the work gets done", async () => {
    const task_id = freshId();
    const answer = await create({
      prompt: simulate({ text: "done" }, task_id),
      task_id,
      model: "claude-opus",
      properties: { team: "a" },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get("location")).toBe(`/v1/delegations/${task_id}`);
    expect(answer.body).toMatchObject({
      task_id,
      status: "pending",
      requested_model: "claude-opus",
      provider: "claude",
      created_by: "owner",
    });
    const final = await call<Delegation>("GET", `/v1/delegations/${task_id}?wait=20`);
    expect(final.body).toMatchObject({ status: "completed", output: "done", properties: { team: "a" } });
  });

  test("makes an id when none is given", async () => {
    const { body } = await create({ prompt: simulate({ text: "x" }) });
    expect(body.task_id).toMatch(/^task_[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  test("answers 200 with the same delegation when the body comes again, whatever the order of its keys", async () => {
    const task_id = freshId();
    const prompt = simulate({ text: "once" }, task_id);
    await create({ task_id, prompt, max_attempts: 2 });
    const again = await create({ max_attempts: 2, prompt, task_id });
    expect([again.status, again.body.task_id]).toEqual([200, task_id]);
    await call("GET", `/v1/delegations/${task_id}?wait=20`);
    expect(await callsFor(task_id)).toHaveLength(1);
  });

  test("refuses another body under the same id with 409", async () => {
    const task_id = freshId();
    await create({ task_id, prompt: simulate({ text: "one" }) });
    const other = await refused({ task_id, prompt: simulate({ text: "two" }) });
    expect([other.status, other.body.code, other.body.errors?.[0]?.path]).toEqual([409, "conflict", "task_id"]);
  });

  test("refuses a deleted id with 410", async () => {
    const task_id = freshId();
    await create({ task_id, prompt: simulate({ text: "one" }) });
    await call("DELETE", `/v1/delegations/${task_id}`);
    expect((await refused({ task_id, prompt: simulate({ text: "one" }) })).body.code).toBe("gone");
  });

  test("tells before the run what will not be sent as asked", async () => {
    const { body } = await create({
      prompt: simulate({ text: "x" }),
      model: "claude-opus",
      temperature: 0.5,
      sandbox: "read-only",
      full_auto: false,
    });
    expect(body.warnings.map(({ code }) => code)).toEqual(["parameter_dropped", "parameter_ignored", "parameter_ignored"]);
  });
});

describe("POST /v1/delegations with Idempotency-Key", () => {
  test("the same key and body is the same delegation, run once", async () => {
    const headers = { "Idempotency-Key": freshId("key") };
    const body = { prompt: simulate({ text: "once" }, headers["Idempotency-Key"]) };
    const [first, second] = [await create(body, headers), await create(body, headers)];
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(first.body.task_id).toMatch(/^idem-[0-9a-f]{40}$/);
    expect(second.body.task_id).toBe(first.body.task_id);
    await call("GET", `/v1/delegations/${first.body.task_id}?wait=20`);
    expect(await callsFor(headers["Idempotency-Key"])).toHaveLength(1);
  });

  test("the same key with another body is 422", async () => {
    const headers = { "Idempotency-Key": freshId("key") };
    await create({ prompt: simulate({ text: "one" }) }, headers);
    const other = await refused({ prompt: simulate({ text: "two" }) }, headers);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_mismatch"]);
  });

  test("a task_id rules over the key", async () => {
    const headers = { "Idempotency-Key": freshId("key") };
    const task_id = freshId();
    expect((await create({ task_id, prompt: simulate({ text: "one" }) }, headers)).body.task_id).toBe(task_id);
    expect((await refused({ task_id, prompt: simulate({ text: "two" }) }, headers)).status).toBe(409);
  });

  test.each(["", "x".repeat(256), "tab\there"])("refuses the key %j", async (key) => {
    const answer = await refused({ prompt: "x" }, { "Idempotency-Key": key });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, "Idempotency-Key"]);
  });
});

const REFUSALS: [string, object, number, string, string][] = [
  ["an unknown field", { prompt: "x", promt: "y" }, 400, "invalid_request", "promt"],
  ["no prompt", {}, 400, "invalid_request", "prompt"],
  ["an empty prompt", { prompt: "" }, 400, "invalid_request", "prompt"],
  ["a prompt of white space", { prompt: " \n\t" }, 400, "invalid_request", "prompt"],
  ["a prompt that is no text", { prompt: 7 }, 400, "invalid_request", "prompt"],
  ["an id with a slash", { prompt: "x", task_id: "a/b" }, 400, "invalid_request", "task_id"],
  ["an id of 129 characters", { prompt: "x", task_id: "a".repeat(129) }, 400, "invalid_request", "task_id"],
  ["an unknown provider", { prompt: "x", provider: "grok" }, 400, "invalid_request", "provider"],
  ["an unknown model", { prompt: "x", model: "claude-opsu" }, 400, "invalid_request", "model"],
  ["a model of another provider", { prompt: "x", provider: "gemini", model: "claude-opus" }, 400, "invalid_request", "model"],
  [
    "an unknown fallback",
    { prompt: "x", fallbacks: [{ model: "gpt-4-turbo" }, { model: "nope" }] },
    400,
    "invalid_request",
    "fallbacks.1.model",
  ],
  ["an empty fallback", { prompt: "x", fallbacks: [{}] }, 400, "invalid_request", "fallbacks.0"],
  ["a temperature out of range", { prompt: "x", temperature: 2.1 }, 400, "invalid_request", "temperature"],
  ["a timeout over 840", { prompt: "x", timeout: 841 }, 400, "invalid_request", "timeout"],
  ["a schema that is no object's", { prompt: "x", output_schema: { type: "array" } }, 400, "invalid_request", "output_schema"],
  [
    "a schema with copilot",
    { prompt: "x", provider: "copilot", output_schema: { type: "object" } },
    400,
    "invalid_request",
    "output_schema",
  ],
  [
    "JSON with a copilot fallback",
    { prompt: "x", output_json: true, fallbacks: [{ provider: "copilot" }] },
    400,
    "invalid_request",
    "output_json",
  ],
  [
    "a repository without copilot",
    { prompt: "x", repository: { owner: "acme", name: "widgets" } },
    400,
    "invalid_request",
    "repository",
  ],
  [
    "a repository outside the list",
    { prompt: "x", provider: "copilot", repository: { owner: "evil", name: "widgets" } },
    403,
    "forbidden",
    "repository",
  ],
  ["a prompt one byte over", { prompt: `${"x".repeat(999_999)}é` }, 413, "payload_too_large", "prompt"],
  ["a system prompt too large", { prompt: "x", system: "x".repeat(256_001) }, 413, "payload_too_large", "system"],
  [
    "a schema too large",
    { prompt: "x", output_schema: { type: "object", title: "x".repeat(64_000) } },
    413,
    "payload_too_large",
    "output_schema",
  ],
  ["properties too large", { prompt: "x", properties: { a: "x".repeat(16_000) } }, 413, "payload_too_large", "properties"],
  [
    "33 properties",
    { prompt: "x", properties: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`p${i}`, i])) },
    413,
    "payload_too_large",
    "properties",
  ],
  ["a spec too large when escaped", { prompt: "\u0001".repeat(300_000) }, 413, "payload_too_large", ""],
];

describe("POST /v1/delegations refuses, names the field and stores nothing", () => {
  test.each(REFUSALS)("%s", async (_name, body, status, code, path) => {
    const task_id = "task_id" in body ? {} : { task_id: freshId() };
    const answer = await refused({ ...task_id, ...body });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.path]).toEqual([status, code, path]);
    expect(answer.body.detail).toContain(path);
    if (task_id.task_id !== undefined) expect(await objectOf(task_id.task_id).read(0)).toEqual({ kind: "unknown" });
  });

  test("an unknown name says which ones are close", async () => {
    expect((await refused({ prompt: "x", model: "claude-opsu" })).body.detail).toContain("claude-opus");
  });
});
