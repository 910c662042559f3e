import { describe, expect, test } from "vitest";
import type { Scenario } from "../../../simulator/scenario.ts";
import { simulate } from "../../../simulator/simulate.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";

/** A delegation, or why not. */
type Answered = Delegation & Omit<ProblemBody, "status">;

const read = (id: string, query = "") => call<Answered>("GET", `/v1/delegations/${id}${query}`);
const post = (id: string, verb: string, body?: unknown) => call<Answered>("POST", `/v1/delegations/${id}/${verb}`, { body });
const final = async (id: string) => (await read(id, "?wait=20")).body;

async function started(scenario: Scenario, more: object = {}): Promise<string> {
  const task_id = freshId();
  const { status } = await call("POST", "/v1/delegations", { body: { task_id, prompt: simulate(scenario, task_id), ...more } });
  expect(status).toBe(202);
  return task_id;
}

const OPERATIONS: [string, string][] = [
  ["GET", ""],
  ["GET", "/events"],
  ["POST", "/cancel"],
  ["POST", "/approve"],
  ["POST", "/reject"],
  ["POST", "/retry"],
  ["DELETE", ""],
];

describe.each(OPERATIONS)("%s /v1/delegations/{task_id}%s", (method, suffix) => {
  test("an id nobody has is 404", async () => {
    const answer = await call<ProblemBody>(method, `/v1/delegations/${freshId()}${suffix}`);
    expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
  });

  test.each(["a%2Fb", "-a", "%20", "a".repeat(129)])("the impossible id %s is 400 and named", async (id) => {
    const answer = await call<ProblemBody>(method, `/v1/delegations/${id}${suffix}`);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, "task_id"]);
  });

  test("without a key it is 401", async () => {
    expect((await call(method, `/v1/delegations/${freshId()}${suffix}`, { key: null })).status).toBe(401);
  });

  test("a deleted delegation is 410, its deletion again 204", async () => {
    const id = await started({ text: "x" });
    await call("DELETE", `/v1/delegations/${id}`);
    const answer = await call(method, `/v1/delegations/${id}${suffix}`);
    expect(answer.status).toBe(method === "DELETE" ? 204 : 410);
  });
});

describe("GET /v1/delegations/{task_id}", () => {
  test("answers at once without wait, and when final with it", async () => {
    const id = await started({ text: "slow", first_ms: 3_000 });
    expect((await read(id)).body.completed_at).toBeNull();
    expect(await final(id)).toMatchObject({ status: "completed", output: "slow", error: null });
  });

  test.each(["56", "-1", "1.5", "abc", "", "1e1", "0x10"])("wait=%s is 400", async (wait) => {
    const answer = await read("some-id", `?wait=${wait}`);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, "wait"]);
  });
});

describe("POST /v1/delegations/{task_id}/cancel", () => {
  test("stops the vendor's answer, and again changes nothing", async () => {
    const id = await started({ text: "never all of it", delay_ms: 10_000, delta_chars: 1 });
    const first = await post(id, "cancel");
    expect([first.status, first.body.status]).toEqual([200, "cancelled"]);
    expect((await post(id, "cancel")).status).toBe(200);
  });

  test("of what has completed is 409", async () => {
    const id = await started({ text: "x" });
    await final(id);
    const answer = await post(id, "cancel");
    expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
    expect((await read(id)).body.status).toBe("completed");
  });
});

describe("POST /v1/delegations/{task_id}/approve and /reject", () => {
  test("nothing is sent before the approval, and everything after it", async () => {
    const id = await started({ text: "allowed" }, { approval: "manual" });
    expect((await read(id)).body.status).toBe("needs-approval");
    expect(await callsFor(id)).toHaveLength(0);
    expect((await post(id, "approve")).status).toBe(200);
    expect((await post(id, "approve")).status).toBe(200);
    expect(await final(id)).toMatchObject({ status: "completed", output: "allowed" });
    expect((await post(id, "reject")).status).toBe(409);
  });

  test("what is rejected is cancelled and never sent", async () => {
    const id = await started({ text: "no" }, { approval: "manual" });
    expect((await post(id, "reject")).body).toMatchObject({ status: "cancelled", error: { code: "rejected" } });
    expect((await post(id, "approve")).body.code).toBe("conflict");
    expect(await callsFor(id)).toHaveLength(0);
  });

  test("what waits for nobody is 409", async () => {
    expect((await post(await started({ text: "x" }), "approve")).status).toBe(409);
  });
});

describe("POST /v1/delegations/{task_id}/retry", () => {
  test("runs the old body as a new delegation that names its parent", async () => {
    const id = await started({ text: "again" }, { model: "claude-opus", system: "be brief", properties: { a: 1 } });
    await final(id);
    const retry = await post(id, "retry");
    expect([retry.status, retry.headers.get("location")]).toEqual([202, `/v1/delegations/${retry.body.task_id}`]);
    expect(retry.body).toMatchObject({ parent_task_id: id, requested_model: "claude-opus", properties: { a: 1 } });
    expect(await final(retry.body.task_id)).toMatchObject({ status: "completed", output: "again" });
  });

  test("another model replaces the provider too, another provider the model", async () => {
    const id = await started({ text: "x" }, { provider: "claude", model: "claude-opus" });
    await final(id);
    expect((await post(id, "retry", { model: "gpt-4-turbo" })).body).toMatchObject({
      provider: "codex",
      requested_model: "gpt-4-turbo",
    });
    expect((await post(id, "retry", { provider: "gemini" })).body).toMatchObject({ provider: "gemini", requested_model: null });
  });

  test("an id of one's own makes it safe to send twice", async () => {
    const id = await started({ text: "x" });
    await final(id);
    const task_id = freshId();
    expect((await post(id, "retry", { task_id })).status).toBe(202);
    expect((await post(id, "retry", { task_id })).status).toBe(200);
    expect((await post(id, "retry", { task_id, provider: "gemini" })).body.code).toBe("conflict");
  });

  test("of what still runs is 409", async () => {
    const id = await started({ text: "slow", first_ms: 60_000 });
    expect((await post(id, "retry")).body.code).toBe("conflict");
    await post(id, "cancel");
  });

  test.each<[object, string]>([
    [{ prompt: "another" }, "prompt"],
    [{ model: "nope" }, "model"],
    [{ provider: "grok" }, "provider"],
    [{ task_id: "a/b" }, "task_id"],
  ])("%j is 400", async (body, path) => {
    const id = await started({ text: "x" });
    await final(id);
    const answer = await post(id, "retry", body);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
  });
});

describe("DELETE /v1/delegations/{task_id}", () => {
  test("takes the delegation off the list and out of reach", async () => {
    const id = await started({ text: "x" });
    await final(id);
    expect((await call("DELETE", `/v1/delegations/${id}`)).status).toBe(204);
    expect((await read(id)).body.code).toBe("gone");
    const listed = await call<{ data: Delegation[] }>("GET", "/v1/delegations?limit=200");
    expect(listed.body.data.map(({ task_id }) => task_id)).not.toContain(id);
  });
});
