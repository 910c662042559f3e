import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

type Line = { [field: string]: unknown };

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start({ LOG_LEVEL: "info" });
});
afterAll(() => server[Symbol.asyncDispose]());

/** The lines that the Worker logged so far: each is one JSON object. */
const lines = (): Line[] => server.output.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Line] : []));
const attemptsOf = (taskId: string) =>
  lines().filter((line) => line.message === "an attempt ended" && line["depute.task_id"] === taskId);
const requestsOf = (requestId: string) =>
  lines().filter((line) => line.message === "a request was answered" && line.request_id === requestId);

async function post(path: string, requestId: string, body: object): Promise<Line> {
  return (await server.client.call<Line>("POST", path, { headers: { "x-request-id": requestId }, body })).body;
}

describe("the log", () => {
  test("leads from a request to each attempt of its task, with the vendor's answer in OpenTelemetry's names", async () => {
    const prompt = simulate([{ status: 503 }, { text: "an answer" }], marker());
    const made = await post("/v1/delegations", "trace-one", {
      provider: "claude",
      fallbacks: [{ provider: "gemini" }],
      max_attempts: 1,
      prompt,
    });
    const taskId = String(made.task_id);
    const final = await server.client.final(taskId);
    await expect.poll(() => attemptsOf(taskId)).toHaveLength(2);
    const [request] = requestsOf("trace-one");
    expect(request).toMatchObject({
      level: "info",
      "http.request.method": "POST",
      "http.route": "/v1/delegations",
      "http.response.status_code": 202,
      "depute.workspace": "default",
      "depute.key_id": "owner",
      duration_ms: expect.any(Number),
    });
    const [refused, answered] = attemptsOf(taskId);
    expect(refused).toMatchObject({
      request_id: "trace-one",
      "depute.attempt": 1,
      "depute.attempt.status": "failed",
      "gen_ai.provider.name": "anthropic",
      "error.type": "provider_overloaded",
      "depute.cost_nanos": 0,
    });
    expect(answered).toMatchObject({
      request_id: "trace-one",
      "depute.attempt": 2,
      "gen_ai.operation.name": "generate_content",
      "gen_ai.provider.name": "gcp.gemini",
      "gen_ai.request.model": final.attempts[1]?.model,
      "gen_ai.response.model": final.attempts[1]?.model,
      "gen_ai.response.id": final.attempts[1]?.request_id,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": final.attempts[1]?.usage.input_tokens,
      "gen_ai.usage.output_tokens": final.attempts[1]?.usage.output_tokens,
      "depute.cost_nanos": final.attempts[1]?.cost_nanos,
    });
  });

  test("names the request of a batch and of a flow on the attempts of their tasks", async () => {
    const task = { provider: "claude", prompt: simulate({ text: "done" }, marker()) };
    const batch = await post("/v1/batches", "trace-batch", { tasks: [task] });
    const flow = await post("/v1/flows", "trace-flow", { pattern: "chain", steps: [{ name: "only", ...task }] });
    const [inBatch, inFlow] = [`${batch.batch_id}.0`, `${flow.flow_id}.only`];
    await expect.poll(() => [inBatch, inFlow].map((id) => attemptsOf(id).length)).toEqual([1, 1]);
    expect(attemptsOf(inBatch)[0]).toMatchObject({ request_id: "trace-batch", "depute.batch_id": batch.batch_id });
    expect(attemptsOf(inFlow)[0]).toMatchObject({
      request_id: "trace-flow",
      "depute.flow_id": flow.flow_id,
      "depute.flow_step": "only",
    });
  });

  test("names routes as they are declared, never a path", async () => {
    const word = marker();
    await server.client.call("GET", `/v1/delegations/${word}`, { headers: { "x-request-id": "trace-404" } });
    await server.client.call("GET", `/${word}`, { headers: { "x-request-id": "trace-nowhere" } });
    await expect.poll(() => requestsOf("trace-nowhere")).toHaveLength(1);
    expect(requestsOf("trace-404")[0]).toMatchObject({ "http.route": "/v1/delegations/{task_id}", "error.type": "not_found" });
    expect(requestsOf("trace-nowhere")[0]).not.toHaveProperty("http.route");
    expect(server.output).not.toContain(word);
  });
});
