import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Agent } from "../../../src/agents/agent-view.ts";
import { forgetAgents } from "../../../src/agents/agents-of.ts";
import { saveAgent } from "../../../src/db/agents.ts";
import { createDatabase } from "../../../src/db/client.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";

const put = (name: string, body: unknown) => call<Agent & ProblemBody>("PUT", `/v1/agents/${name}`, { body });
const get = (name: string) => call<Agent & ProblemBody>("GET", `/v1/agents/${name}`);
const remove = (name: string) => call<ProblemBody | null>("DELETE", `/v1/agents/${name}`);
const delegate = (body: object) => call<Delegation & Pick<ProblemBody, "code" | "errors">>("POST", "/v1/delegations", { body });
const list = async () => (await call<{ data: Agent[] }>("GET", "/v1/agents")).body.data;
const ended = async (id: string) => (await call<Delegation>("GET", `/v1/delegations/${id}?wait=20`)).body;

const BY = { actor: "t", key_id: null, request_id: null };
const row = (changes: object) => ({
  workspace: "default",
  name: "x",
  settings: {},
  created_at: 1,
  updated_at: 1,
  updated_by: "t",
  ...changes,
});

afterEach(async () => {
  await env.DB.exec("delete from agents");
  forgetAgents(env.DB, "default");
});

describe("/v1/agents", () => {
  test("lists the built-in agents, then the saved ones by name", async () => {
    await put("zebra", {});
    await put("aardvark", { timeout: 5 });
    const agents = await list();
    expect(agents.map(({ name }) => name)).toEqual([
      ...["default", "coder", "reviewer", "tester", "writer", "architect"],
      ...["aardvark", "zebra"],
    ]);
    expect(agents[1]).toMatchObject({ built_in: true, changed: false, settings: { model: "auto" }, updated_by: null });
    expect(agents.at(-2)).toMatchObject({ built_in: false, changed: false, settings: { timeout: 5 }, updated_by: "owner" });
  });

  test("what is saved is read as it was, and replaced as a whole, keeping when it was created", async () => {
    const first = await put("helper", { system: "Help.", task_type: "debugging", description: "Helps." });
    expect(first.status).toBe(200);
    expect(first.body.settings).toEqual({ system: "Help.", task_type: "DEBUGGING", description: "Helps." });
    expect((await get("helper")).body).toEqual(first.body);
    const second = await put("helper", { temperature: 1 });
    expect(second.body).toMatchObject({ settings: { temperature: 1 }, created_at: first.body.created_at });
    expect(second.body.settings).toEqual({ temperature: 1 });
  });

  test("deletes a saved agent; a built-in one that was changed is as it came", async () => {
    await put("helper", {});
    expect((await remove("helper")).status).toBe(204);
    expect((await get("helper")).status).toBe(404);
    const { body: original } = await get("coder");
    expect((await put("coder", { system: "Hm." })).body).toMatchObject({ built_in: true, changed: true });
    expect((await remove("coder")).status).toBe(204);
    expect((await get("coder")).body).toEqual(original);
  });

  test("refuses to delete what is not there, and a built-in agent as it came", async () => {
    expect((await remove("nobody")).body).toMatchObject({ status: 404, code: "not_found" });
    expect((await remove("constructor")).body).toMatchObject({ status: 404, code: "not_found" });
    const refused = await remove("coder");
    expect(refused.body).toMatchObject({ status: 409, code: "conflict", detail: expect.stringContaining("built in") });
  });

  test.each<[object, string]>([
    [{ model: "no-such-model" }, "model"],
    [{ model: "claude-opus", provider: "codex" }, "model"],
    [{ fallbacks: [{ model: "claude-opus" }, {}] }, "fallbacks.1"],
    [{ output_schema: { type: "string" } }, "output_schema"],
    [{ temperature: 3 }, "temperature"],
    [{ prompt: "x" }, "prompt"],
    [{ agent: "coder" }, "agent"],
    [{ system: "" }, "system"],
  ])("refuses to save %j, naming %s", async (settings, path) => {
    const { body } = await put("helper", settings);
    expect([body.status, body.errors?.[0]?.path]).toEqual([400, path]);
    expect((await get("helper")).status).toBe(404);
  });

  test.each(["Coder", "-a", "a".repeat(64), "a_b"])("refuses the name %s", async (name) => {
    expect((await put(name, {})).body).toMatchObject({ status: 400, errors: [{ path: "name" }] });
  });

  test("keeps at most 200 agents, and still lets each of them be changed", async () => {
    const many = Array.from({ length: 200 }, (_, index) => row({ name: `a-${index}` }));
    for (const each of many) await saveAgent(createDatabase(env.DB), each, 200, BY);
    expect((await put("one-more", {})).body).toMatchObject({ status: 409, code: "conflict" });
    expect((await put("a-7", { timeout: 9 })).status).toBe(200);
    await remove("a-8");
    expect((await put("one-more", {})).status).toBe(200);
  });

  test("a row that cannot be read is no agent, and can be deleted", async () => {
    await saveAgent(createDatabase(env.DB), row({ name: "broken", settings: { timeout: "soon" } }), 200, BY);
    await env.DB.exec("insert into agents values ('default', 'coder', 'no json', 1, 1, 't')");
    expect((await get("broken")).status).toBe(404);
    expect((await get("coder")).body).toMatchObject({ changed: false, settings: { model: "auto" } });
    expect((await list()).map(({ name }) => name)).not.toContain("broken");
    expect((await remove("broken")).status).toBe(204);
    expect((await delegate({ prompt: simulate({ text: "x" }), agent: "coder" })).status).toBe(202);
  });
});

describe("a delegation and its agent", () => {
  test("runs with a built-in role by prompt, agent and task_id alone", async () => {
    const task_id = freshId();
    await delegate({ prompt: simulate({ text: "done" }, task_id), agent: "coder", task_id });
    expect(await ended(task_id)).toMatchObject({
      status: "completed",
      agent: "coder",
      requested_model: "auto",
      task_type: "CODE_GENERATION",
      budget_mode: "BALANCED",
    });
    expect(JSON.stringify(await callsFor(task_id))).toContain("senior software engineer");
  });

  test("runs by prompt and task_id alone as the agent default, with what was saved of it", async () => {
    await put("default", { system: "Be brief, always." });
    const task_id = freshId();
    await delegate({ prompt: simulate({ text: "done" }, task_id), task_id });
    expect(await ended(task_id)).toMatchObject({ status: "completed", agent: "default" });
    expect(JSON.stringify(await callsFor(task_id))).toContain("Be brief, always.");
  });

  test("sees a change at once here, and keeps what it began with", async () => {
    await put("helper", { model: "claude-opus", task_type: "TESTING" });
    const first = await delegate({ prompt: simulate({ text: "x" }), agent: "helper" });
    await put("helper", { model: "gpt-4-turbo" });
    const second = await delegate({ prompt: simulate({ text: "x" }), agent: "helper" });
    expect([first.body.requested_model, second.body.requested_model]).toEqual(["claude-opus", "gpt-4-turbo"]);
    expect(await ended(first.body.task_id)).toMatchObject({ requested_model: "claude-opus", task_type: "TESTING" });
    expect((await ended(second.body.task_id)).task_type).toBeNull();
  });

  test("sent again it is the same delegation, though its agent was changed since", async () => {
    await put("helper", { system: "One." });
    const body = { prompt: simulate({ text: "x" }), agent: "helper", task_id: freshId() };
    await delegate(body);
    await put("helper", { system: "Two." });
    expect((await delegate(body)).status).toBe(200);
  });

  test("is refused when there is no such agent, with the names close to it", async () => {
    const { status, body } = await delegate({ prompt: "x", agent: "codre" });
    expect([status, body.code]).toEqual([400, "invalid_request"]);
    expect(body.errors).toEqual([{ path: "agent", message: expect.stringContaining("Did you mean coder?") }]);
  });

  test("run again keeps its role and the settings it had, though the agent is gone", async () => {
    await put("helper", { system: "Only then.", model: "claude-opus" });
    const task_id = freshId();
    await delegate({ prompt: simulate({ text: "x" }, task_id), agent: "helper", task_id });
    await ended(task_id);
    await remove("helper");
    const again = freshId();
    await call("POST", `/v1/delegations/${task_id}/retry`, { body: { task_id: again } });
    expect(await ended(again)).toMatchObject({ agent: "helper", requested_model: "claude-opus", parent_task_id: task_id });
    const sent = await callsFor(task_id);
    expect(sent.map((each) => JSON.stringify(each).includes("Only then."))).toEqual([true, true]);
  });

  test("in a batch the task's own agent counts more than that of the defaults", async () => {
    const batch_id = freshId();
    const tasks = [
      { prompt: simulate({ text: "a" }) },
      { prompt: simulate({ text: "b" }), agent: "tester", model: "claude-opus" },
    ];
    const { status } = await call("POST", "/v1/batches", { body: { batch_id, tasks, defaults: { agent: "writer" } } });
    expect(status).toBe(202);
    await call("GET", `/v1/batches/${batch_id}?wait=20`);
    expect(await ended(`${batch_id}.0`)).toMatchObject({ agent: "writer", task_type: "DOCUMENTATION", requested_model: "auto" });
    expect(await ended(`${batch_id}.1`)).toMatchObject({ agent: "tester", task_type: "TESTING", requested_model: "claude-opus" });
  });

  test("in a batch an unknown agent refuses all of it, naming the task", async () => {
    const tasks = [{ prompt: "x" }, { prompt: "x", agent: "writr" }];
    const { body } = await call<ProblemBody>("POST", "/v1/batches", { body: { tasks } });
    expect(body.errors).toEqual([{ path: "tasks.1.agent", message: expect.stringContaining("writer") }]);
  });

  test("is found on the list and in the costs by its agent", async () => {
    await put("bookkeeper", {});
    const task_id = freshId();
    await delegate({ prompt: simulate({ text: "x" }, task_id), agent: "bookkeeper", task_id });
    await ended(task_id);
    await expect
      .poll(
        async () => (await call<{ data: Delegation[] }>("GET", "/v1/delegations?agent=bookkeeper&status=completed")).body.data,
      )
      .toMatchObject([{ task_id, agent: "bookkeeper" }]);
    const { body } = await call<{ data: object[] }>("GET", "/v1/costs?group_by=agent&agent=bookkeeper");
    expect(body.data).toMatchObject([{ agent: "bookkeeper", count: 1 }]);
  });
});
