import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { Batch } from "../../src/batches/batch.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import type { Flow } from "../../src/flows/flow.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { McpClient } from "../support/mcp-client.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";

type Shown = Delegation & { output_truncated: boolean; output_uri: string; next_step: string | null };

let server: E2eServer;
let mcp: McpClient;
beforeAll(async () => {
  server = await E2eServer.start();
  mcp = await McpClient.connect(server.url, ADMIN_KEY);
});
afterAll(async () => {
  await mcp[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Waits for a delegation that does not end by itself, until it is told of its attempt and its answer; then cancels it. */
async function toldWhileWaiting(client: McpClient, task_id: string): Promise<Shown> {
  const prompt = simulate({ text: "ten chars ", repeat: 3, delta_chars: 10, fault: { kind: "hang", after: 2 } });
  const { model } = await client.data<Shown>("delegate", { prompt, provider: "claude", task_id });
  const told: string[] = [];
  const waiting = client.data<Shown>("wait_for_delegation", { task_id, wait: 300 }, told);
  await expect.poll(() => told.at(-1)).toBe(`attempt 1, claude ${model}: 20 characters so far`);
  expect(told[0]).toBe(`attempt 1, claude ${model}`);
  await client.data("cancel_delegation", { task_id });
  return await waiting;
}

describe("an MCP client", () => {
  test("learns what the server is for, and its tools with both schemas", async () => {
    expect(mcp.client.getInstructions()).toContain("wait_for_delegation");
    const { tools } = await mcp.client.listTools();
    expect(tools).toHaveLength(11);
    for (const { inputSchema, outputSchema } of tools) {
      expect([inputSchema.type, outputSchema?.type]).toEqual(["object", "object"]);
    }
  });

  test("delegates, waits, and has the answer", async () => {
    const task_id = "mcp-done";
    const accepted = await mcp.data<Shown>("delegate", { prompt: simulate({ text: "an answer" }), provider: "claude", task_id });
    expect(accepted).toMatchObject({ task_id, output: null });
    const done = await mcp.data<Shown>("wait_for_delegation", { task_id });
    expect(done).toMatchObject({ status: "completed", output: "an answer", output_truncated: false, next_step: null });
    expect(done.cost_nanos).toBeGreaterThan(0);
    expect(await mcp.data<Shown>("get_delegation", { task_id })).toEqual(done);
  });

  test("is told how far it is while it waits, and that it has ended, whoever ended it", async () => {
    expect(await toldWhileWaiting(mcp, "mcp-told")).toMatchObject({ status: "cancelled" });
  });

  test("who waits too short is told to call again, and the work goes on", async () => {
    const task_id = "mcp-slow";
    const accepted = { prompt: simulate({ fault: { kind: "hang", after: 1 } }), provider: "claude", task_id };
    await mcp.data("delegate", accepted);
    const { content, structuredContent } = await mcp.call("wait_for_delegation", { task_id, wait: 1 });
    expect(structuredContent).toMatchObject({ status: expect.stringMatching(/^(?:pending|in-progress)$/), output: null });
    expect(JSON.stringify(content)).toContain(`call wait_for_delegation with task_id ${task_id}`);
    expect(await mcp.data<Shown>("cancel_delegation", { task_id })).toMatchObject({ status: "cancelled" });
    expect(await mcp.data<Shown>("cancel_delegation", { task_id })).toMatchObject({ status: "cancelled" });
  });

  test("who stops waiting stops nothing", async () => {
    const task_id = "mcp-left";
    await mcp.data("delegate", { prompt: simulate({ fault: { kind: "hang", after: 1 } }), provider: "claude", task_id });
    const leaving = new AbortController();
    const told: string[] = [];
    const waiting = mcp.call("wait_for_delegation", { task_id, wait: 300 }, told, leaving.signal);
    waiting.catch(() => undefined);
    await expect.poll(() => told.length).toBeGreaterThan(0);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    expect(await mcp.data<Shown>("get_delegation", { task_id })).toMatchObject({ status: "in-progress" });
    await mcp.data("cancel_delegation", { task_id });
  });

  test("one that needs approval is not waited for", async () => {
    const task_id = "mcp-asks";
    await mcp.data("delegate", { prompt: "may I?", provider: "claude", approval: "manual", task_id });
    const { structuredContent, content } = await mcp.call("wait_for_delegation", { task_id, wait: 300 });
    expect(structuredContent).toMatchObject({ status: "needs-approval" });
    expect(JSON.stringify(content)).toContain("waiting does not help");
  });

  test("a long answer is cut in the result, and read whole as a resource", async () => {
    const task_id = "mcp-long";
    const prompt = simulate({ text: "long answer ", repeat: 5_000, delta_chars: 4_000 });
    await mcp.data("delegate", { prompt, provider: "gemini", task_id });
    const done = await mcp.data<Shown>("wait_for_delegation", { task_id });
    expect(done.output).toBe("long answer ".repeat(5_000).slice(0, 32_000));
    expect(done.output_truncated).toBe(true);
    const { contents } = await mcp.client.readResource({ uri: done.output_uri });
    expect(contents).toEqual([{ uri: done.output_uri, mimeType: "text/plain", text: "long answer ".repeat(5_000) }]);
  });

  test("an answer by a schema is data, and JSON as a resource", async () => {
    const output_schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    const task_id = "mcp-data";
    await mcp.data("delegate", { prompt: simulate({ text: '{"n": 7}' }), provider: "codex", task_id, output_schema });
    const { output_data, output_uri } = await mcp.data<Shown>("wait_for_delegation", { task_id });
    expect(output_data).toEqual({ n: 7 });
    const { contents } = await mcp.client.readResource({ uri: output_uri });
    expect(contents[0]).toMatchObject({ mimeType: "application/json", text: '{"n": 7}' });
  });

  test("a batch is delegated, waited for and listed; all its answers are resources", async () => {
    const asked = (index: number) => ({ prompt: simulate({ text: `answer ${index}` }) });
    const tasks = Array.from({ length: 60 }, (_, index) => ({ ...asked(index), ...(index === 59 && { approval: "manual" }) }));
    const batch_id = "mcp-batch";
    const started = await mcp.data<Batch>("delegate_batch", { tasks, batch_id, defaults: { provider: "claude" } });
    expect(started.counts.total).toBe(60);
    const told: string[] = [];
    const waiting = mcp.data<Batch>("wait_for_batch", { batch_id, wait: 300 }, told);
    await expect.poll(() => told.at(-1)).toMatch(/^59 tasks ended, the last: mcp-batch\.\d+$/);
    await server.client.act("mcp-batch.59", "approve");
    const done = await waiting;
    expect(done).toMatchObject({ status: "completed", counts: { completed: 60 } });
    expect(done.results["mcp-batch.59"]).toMatchObject({ output: "answer 59" });

    const listed = async () => await mcp.data<{ data: { status: string }[] }>("list_delegations", { batch_id, limit: 200 });
    await expect.poll(async () => (await listed()).data.filter(({ status }) => status === "completed").length).toBe(60);
    const { resources } = await mcp.client.listResources();
    const uris = resources.map(({ uri }) => uri);
    expect(uris).toEqual(expect.arrayContaining(Object.keys(done.results).map((id) => `depute://delegations/${id}/output`)));
    expect(new Set(uris).size).toBe(uris.length);
    const { resourceTemplates } = await mcp.client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(["depute://delegations/{task_id}/output"]);
  });

  test("a flow is run and waited for, step by step", async () => {
    const steps = [
      { name: "one", prompt: simulate({ text: "first" }), provider: "claude", approval: "manual" },
      { name: "two", prompt: `${simulate({ text: "second" })}after {{steps.one.output}}`, provider: "gemini" },
    ];
    const flow_id = "mcp-flow";
    await mcp.data("run_flow", { pattern: "chain", steps, flow_id });
    const told: string[] = [];
    const waiting = mcp.data<Flow>("wait_for_flow", { flow_id, wait: 300 }, told);
    await expect.poll(() => told).toEqual(["step started: one"]);
    await server.client.act("mcp-flow.one", "approve");
    const done = await waiting;
    expect(done).toMatchObject({ status: "completed", output: "second" });
    expect(done.steps.map(({ name, status }) => `${name} ${status}`)).toEqual(["one completed", "two completed"]);
    expect(told.at(-1)).toBe("step ended: two");
  });

  test("finds by words and properties, chooses a model, and reports costs", async () => {
    const task_id = "mcp-found";
    const properties = { customer: "acme" };
    await mcp.data("delegate", { prompt: "where is the rhubarb?", provider: "claude", task_id, properties });
    await mcp.data("wait_for_delegation", { task_id });
    const found = async (query: object) => await mcp.data<{ data: { task_id: string }[] }>("list_delegations", query);
    const expected = [expect.objectContaining({ task_id })];
    await expect.poll(async () => (await found({ property: properties, status: "completed" })).data).toEqual(expected);
    const chosen = await mcp.data<{ provider: string }>("select_model", {
      task_type: "CODE_REVIEW",
      budget_mode: "QUALITY_FOCUSED",
    });
    expect(["claude", "codex", "gemini"]).toContain(chosen.provider);
    const { total } = await mcp.data<{ total: { count: number; total_cost: number } }>("get_costs", {
      group_by: "model",
      property: properties,
    });
    expect(total.count).toBe(1);
    expect(total.total_cost).toBeGreaterThan(0);
  });

  test("a delegation that failed is a result, a refusal an error", async () => {
    const task_id = "mcp-fails";
    await mcp.data("delegate", { prompt: simulate({ outcome: "refused" }), provider: "claude", task_id });
    expect(await mcp.data<Shown>("wait_for_delegation", { task_id })).toMatchObject({
      status: "failed",
      error: { code: "refused" },
    });
    const refused = await mcp.call("delegate", { prompt: "another body", provider: "claude", task_id });
    expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringMatching(/^conflict: /) }] });
    const { isError, content } = await mcp.call("delegate", { prompt: "p", provider: "claude", max_cost: 0.000001 });
    expect(isError).toBe(true);
    expect(JSON.stringify(content)).toContain("budget_exceeded: ");
  });

  test("a client of the newest protocol does the same", async () => {
    await using newest = await McpClient.connect(server.url, ADMIN_KEY, { versionNegotiation: { mode: "auto" } });
    expect(newest.client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
    expect((await newest.client.listTools()).tools).toHaveLength(11);
    expect(await toldWhileWaiting(newest, "mcp-newest")).toMatchObject({ status: "cancelled" });
    const task_id = "mcp-newer";
    await newest.data("delegate", { prompt: simulate({ text: "new" }), provider: "claude", task_id });
    const { output_uri } = await newest.data<Shown>("wait_for_delegation", { task_id });
    expect((await newest.client.readResource({ uri: output_uri })).contents).toMatchObject([{ text: "new" }]);
    expect(await newest.call("get_delegation", { task_id: "nobodys" })).toMatchObject({ isError: true });
  });

  test("a client without a key is told that it needs one", async () => {
    await expect(McpClient.connect(server.url, "wrong")).rejects.toThrow();
  });
});
