import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Flow, FlowSummary } from "../../../src/flows/flow.ts";
import { call, type ProblemBody, send } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";
import { flowEnd, startFlow } from "../../support/flow-object.ts";

const chainOf = (prompt: string, more: object = {}) => ({ pattern: "chain", steps: [{ name: "a", prompt }], ...more });
const panel = [{ provider: "claude" }, { provider: "codex" }];

const refusal = async (body: object) => {
  const answer = await call<ProblemBody>("POST", "/v1/flows", { body });
  return {
    status: answer.status,
    code: answer.body.code,
    paths: answer.body.errors?.map(({ path }) => path),
    text: answer.body.detail,
  };
};

describe("POST /v1/flows", () => {
  test("answers 202 with the flow and its address", async () => {
    const flow_id = freshId("flow");
    const body = chainOf(simulate({ text: "x" }, flow_id), { flow_id, properties: { team: "a" }, deadline: 600 });
    const { status, headers, body: flow } = await call<Flow>("POST", "/v1/flows", { body });
    expect([status, headers.get("location")]).toEqual([202, `/v1/flows/${flow_id}`]);
    expect(flow).toMatchObject({
      flow_id,
      pattern: "chain",
      created_by: "owner",
      properties: { team: "a" },
      deadline: 600,
      output: null,
    });
  });

  test("the same body again is the same flow, another one under its id a conflict", async () => {
    const mark = freshId("mark");
    const flow_id = await startFlow(chainOf(simulate({ text: "once" }, mark)));
    await flowEnd(flow_id);
    const again = await call<Flow>("POST", "/v1/flows", { body: { ...chainOf(simulate({ text: "once" }, mark)), flow_id } });
    expect([again.status, again.body.status]).toEqual([200, "completed"]);
    expect(await refusal({ ...chainOf("other"), flow_id })).toMatchObject({ status: 409, code: "conflict", paths: ["flow_id"] });
    expect(await callsFor(mark)).toHaveLength(1);
  });

  test("an Idempotency-Key stands for one flow", async () => {
    const headers = { "idempotency-key": freshId("key") };
    const body = chainOf(simulate({ text: "x" }, freshId()));
    const [first, second] = [
      await call<Flow>("POST", "/v1/flows", { body, headers }),
      await call<Flow>("POST", "/v1/flows", { body, headers }),
    ];
    expect([first.status, second.status, second.body.flow_id]).toEqual([202, 200, first.body.flow_id]);
    const other = await call("POST", "/v1/flows", { body: chainOf("other"), headers });
    expect([other.status, other.body?.code]).toEqual([422, "idempotency_mismatch"]);
  });

  test("names everybody who cannot be asked, before anything starts", async () => {
    const flow_id = freshId("flow");
    const prompt = simulate({ text: "never" }, flow_id);
    const steps = [
      { name: "a", prompt },
      { name: "b", prompt, model: "no-such-model" },
      { name: "c", prompt, agent: "nobody" },
    ];
    expect(await refusal({ flow_id, pattern: "chain", steps })).toMatchObject({
      status: 400,
      paths: ["steps.1.model", "steps.2.agent"],
    });
    const bad = { model: "no-such-model" };
    const of = async (body: object) => (await refusal({ prompt: "x", ...body })).paths;
    expect(await of({ pattern: "consensus", panel: [bad, {}], judge: bad })).toEqual(["panel.0.model", "judge.model"]);
    expect(await of({ pattern: "improve", author: bad, reviewer: { provider: "copilot" } })).toEqual([
      "author.model",
      "reviewer.provider",
    ]);
    expect(await of({ pattern: "decompose", planner: bad, worker: bad, synthesizer: bad, agents: ["coder", "nobody"] })).toEqual([
      "planner.model",
      "worker.model",
      "synthesizer.model",
      "agents.0.model",
      "agents.1.agent",
    ]);
    expect((await call("GET", `/v1/flows/${flow_id}`)).status).toBe(404);
    expect(await callsFor(flow_id)).toHaveLength(0);
  });

  test("refuses fields that are not known, templates that lead nowhere, and prompts that are too large", async () => {
    expect(await refusal({ ...chainOf("x"), max_spend: 1 })).toMatchObject({ status: 400, paths: ["max_spend"] });
    expect(await refusal(chainOf("{{steps.b.output}}"))).toMatchObject({ status: 400, paths: ["steps.0.prompt"] });
    expect(await refusal({ pattern: "nothing" })).toMatchObject({ status: 400, paths: ["pattern"] });
    expect(await refusal({ pattern: "improve", prompt: "x".repeat(1_000_001) })).toMatchObject({
      status: 413,
      paths: ["prompt"],
    });
    expect(await refusal(chainOf("y", { input: "x".repeat(1_000_001) }))).toMatchObject({ status: 413, paths: ["input"] });
    expect(await refusal(chainOf("x".repeat(1_000_001)))).toMatchObject({ status: 413, paths: ["steps.0.prompt"] });
    expect(await refusal({ pattern: "consensus", prompt: " ", panel })).toMatchObject({ status: 400, paths: ["prompt"] });
  });
});

describe("a flow over HTTP", () => {
  test("that is unknown is 404 everywhere", async () => {
    const id = freshId("flow");
    const paths = [`/v1/flows/${id}`, `/v1/flows/${id}/events`].map((path) => ["GET", path] as const);
    for (const [method, path] of [...paths, ["POST", `/v1/flows/${id}/cancel`] as const])
      expect([path, (await call(method, path)).status]).toEqual([path, 404]);
  });

  test("GET with wait holds the answer until it has ended", async () => {
    const flowId = await startFlow(chainOf(simulate({ text: "late", first_ms: 200 }, freshId())));
    expect((await call<Flow>("GET", `/v1/flows/${flowId}?wait=20`)).body).toMatchObject({ status: "completed", output: "late" });
  });

  test("is followed live to its end, resumed by Last-Event-ID, and then there is nothing more", async () => {
    const flowId = await startFlow(chainOf(simulate({ text: "x", first_ms: 200 }, freshId())));
    const path = `/v1/flows/${flowId}/events`;
    const headers = { accept: "text/event-stream" };
    const text = await (await send("GET", path, { headers })).text();
    expect(text.match(/^id: .*\nevent: .*$/gm)).toEqual(
      ["step.started", "step.completed", "flow.completed"].map((type, index) => `id: ${index + 1}\nevent: ${type}`),
    );
    const rest = await (await send("GET", path, { headers: { ...headers, "last-event-id": "2" } })).text();
    expect(rest).toMatch(/^id: 3\n/);
    expect((await send("GET", path, { headers: { ...headers, "last-event-id": "3" } })).status).toBe(204);
    const lines = await (await send("GET", `${path}?after=1`, { headers: { accept: "application/x-ndjson" } })).text();
    expect(
      lines
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).seq),
    ).toEqual([2, 3]);
  });
});

describe("GET /v1/flows", () => {
  test("lists them newest first in pages that are stable, by pattern and status", async () => {
    const ids: string[] = [];
    for (const text of ["1", "2", "3"]) ids.unshift(await startFlow(chainOf(simulate({ text }, freshId()))));
    const failing = await startFlow({ pattern: "consensus", prompt: simulate({ status: 400 }, freshId()), panel });
    for (const id of [...ids, failing]) await flowEnd(id);
    type Page = { data: FlowSummary[]; next_cursor: string | null };
    const list = async (query: string) => (await call<Page>("GET", `/v1/flows?${query}`)).body;
    const isOurs = ({ flow_id }: FlowSummary) => [...ids, failing].includes(flow_id);
    const ended = async () =>
      (await list("limit=200")).data.filter(isOurs).filter(({ status }) => status !== "in-progress").length;
    await expect.poll(ended).toBe(4);
    const page = await list("pattern=chain&status=completed&limit=2");
    expect(page.data.map(({ flow_id }) => flow_id)).toEqual(ids.slice(0, 2));
    const next = await list(`pattern=chain&status=completed&limit=2&cursor=${page.next_cursor}`);
    expect(next.data[0]?.flow_id).toBe(ids[2]);
    expect(page.data[0]).toMatchObject({ pattern: "chain", status: "completed", step_count: 1, steps_ended: 1, error: null });
    const [failed] = (await list("status=failed&pattern=consensus")).data;
    expect(failed).toMatchObject({ flow_id: failing, error: { code: "too_few_answers" }, step_count: 2 });
    expect((await call("GET", `/v1/flows?pattern=improve&cursor=${page.next_cursor}`)).status).toBe(400);
    expect((await call("GET", "/v1/flows?pattern=dance")).status).toBe(400);
  });

  test("shows the others when a row cannot be read", async () => {
    const sound = await startFlow(chainOf(simulate({ text: "1" }, freshId())));
    const odd = await startFlow(chainOf(simulate({ text: "2" }, freshId())));
    for (const id of [sound, odd]) await flowEnd(id);
    const shown = async () => {
      const { body } = await call<{ data: FlowSummary[] }>("GET", "/v1/flows?limit=200");
      return body.data.filter(({ flow_id }) => [sound, odd].includes(flow_id)).map(({ flow_id, status }) => [flow_id, status]);
    };
    await expect.poll(async () => (await shown()).filter(([, status]) => status === "completed").length).toBe(2);
    await env.DB.prepare("update flows set pattern = 'odd' where flow_id = ?").bind(odd).run();
    expect(await shown()).toEqual([[sound, "completed"]]);
  });
});
