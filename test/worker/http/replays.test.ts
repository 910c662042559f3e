import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { createApp } from "../../../src/http/app.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";

type Answer = ProblemBody & { task_id?: string; batch_id?: string; flow_id?: string };
type Sent = { path: string; body: object; headers?: { [name: string]: string } };

const post = ({ path, body, headers = {} }: Sent) => call<Answer>("POST", path, { body, headers });

/** The ways to start work whose id the caller knows, all of it done by `agent`. */
function startsWith(agent: string, mark: string): { [name: string]: Sent } {
  const prompt = simulate({ text: "x" }, mark);
  return {
    "a delegation by its id": { path: "/v1/delegations", body: { task_id: freshId(), prompt, agent } },
    "a delegation by its Idempotency-Key": {
      path: "/v1/delegations",
      body: { prompt, agent },
      headers: { "Idempotency-Key": freshId("key") },
    },
    "a batch": { path: "/v1/batches", body: { batch_id: freshId("batch"), tasks: [{ prompt, agent }] } },
    "a flow": { path: "/v1/flows", body: { flow_id: freshId("flow"), pattern: "chain", steps: [{ name: "a", prompt, agent }] } },
  };
}

const NAMES = Object.keys(startsWith("", ""));

async function savedAgent(): Promise<string> {
  const agent = freshId("agent");
  expect((await call("PUT", `/v1/agents/${agent}`, { body: { system: "Be brief." } })).status).toBe(200);
  return agent;
}

describe("what was accepted, sent again with the same body once it would be refused,", () => {
  test.each(NAMES)("%s, is known though its agent was deleted", async (name) => {
    const agent = await savedAgent();
    const mark = freshId("mark");
    const { [name]: sent = expect.fail(name) } = startsWith(agent, mark);
    const first = await post(sent);
    expect(first.status).toBe(202);
    await expect.poll(async () => (await callsFor(mark)).length).toBe(1);
    expect((await call("DELETE", `/v1/agents/${agent}`)).status).toBe(204);
    const again = await post(sent);
    expect(again.status).toBe(200);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    const { task_id, batch_id, flow_id } = first.body;
    expect(again.body).toMatchObject(JSON.parse(JSON.stringify({ task_id, batch_id, flow_id })));
    expect(await callsFor(mark)).toHaveLength(1);
  });

  test("a retry, is known though nobody runs it here any more", async () => {
    const task_id = freshId();
    await post({ path: "/v1/delegations", body: { task_id, prompt: simulate({ text: "x" }), provider: "claude" } });
    await call("GET", `/v1/delegations/${task_id}?wait=20`);
    const path = `/v1/delegations/${task_id}/retry`;
    const again = { path, body: { task_id: freshId("again") } };
    expect((await post(again)).status).toBe(202);
    const unconfigured = { ...env, ANTHROPIC_API_KEY: "" };
    const replay = ({ body }: Sent) =>
      createApp().fetch(
        new Request(`https://depute.test${path}`, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
        }),
        unconfigured,
        createExecutionContext(),
      );
    const [known, unknown] = [await replay(again), await replay({ path, body: { task_id: freshId() } })];
    expect([known.status, ((await known.json()) as Answer).task_id]).toEqual([200, again.body.task_id]);
    expect([unknown.status, ((await unknown.json()) as Answer).code]).toEqual([400, "provider_not_configured"]);
  });
});

describe("a delegation that is refused", () => {
  test("with the id of another body is a conflict, with that of a deleted one gone, and with a new one what it is refused for", async () => {
    const agent = await savedAgent();
    const body = { task_id: freshId(), prompt: simulate({ text: "x" }), agent };
    await post({ path: "/v1/delegations", body });
    await call("DELETE", `/v1/agents/${agent}`);
    const refused = async (more: object) => (await post({ path: "/v1/delegations", body: { ...body, ...more } })).body;
    expect(await refused({ prompt: "another" })).toMatchObject({ status: 409, code: "conflict", errors: [{ path: "task_id" }] });
    const fresh = await refused({ task_id: freshId() });
    expect(fresh).toMatchObject({ status: 400, code: "invalid_request", errors: [{ path: "agent" }] });
    await call("DELETE", `/v1/delegations/${body.task_id}`);
    expect(await refused({})).toMatchObject({ status: 410, code: "gone" });
  });
});
