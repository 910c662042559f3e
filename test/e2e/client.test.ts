import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "depute/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { callsFor } from "../support/e2e-books.ts";
import { expectWholeLog } from "../support/e2e-log.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const clientOf = () => createClient({ baseUrl: server.url, apiKey: ADMIN_KEY, maxRetries: 8 });

describe("depute/client against a server that is killed", () => {
  test("kill -9 in mid-stream: the spawn goes on with the restarted server and has every event once", async () => {
    const prompt = marker();
    const slow = { text: "word ", repeat: 200, delta_chars: 5, delay_ms: 200 };
    const begun = Promise.withResolvers<void>();
    const spawned = clientOf().spawn({
      provider: "claude",
      prompt: simulate([slow, { text: "done" }], prompt),
      onEvent: ({ type }) => type === "item.updated" && begun.resolve(),
    });
    await begun.promise;
    await server.kill();
    await server.start();
    const result = await spawned;
    expect(result).toMatchObject({ success: true, response: "done", error: null });
    const final = await server.client.final(result.taskId ?? "");
    expect(final.attempts.map(({ status }) => status)).toEqual(["interrupted", "completed"]);
    expectWholeLog(result.rawOutput, final);
  });

  test("what is delegated while the server is down is delegated once, when it is back", async () => {
    const prompt = marker();
    await server.kill();
    const spawned = clientOf().spawn({ provider: "claude", prompt });
    await server.start();
    expect(await spawned).toMatchObject({ success: true });
    expect(callsFor(server, { prompt })).toHaveLength(1);
  });
});

describe("flow", () => {
  test("that is cut by kill -9 in a step goes on with the restarted server; its events come once, its output whole", async () => {
    const prompt = marker();
    const slow = { text: "word ", repeat: 200, delta_chars: 5, delay_ms: 200 };
    const steps = [
      { name: "first", prompt: simulate([slow, { text: "one" }], prompt), provider: "claude" as const },
      { name: "second", prompt: `${prompt} {{steps.first.output}}`, provider: "codex" as const },
    ];
    const client = clientOf();
    const flowId = `flow-${prompt}`;
    const done = client.flow({ flowId, pattern: "chain", steps });
    await expect.poll(() => callsFor(server, { prompt }).length).toBe(1);
    const seen: string[] = [];
    for await (const { seq, ...event } of client.flows.events(flowId)) {
      seen.push(`${seq} ${event.type} ${event.type === "flow.completed" ? event.status : event.step}`);
      if (seen.length === 1) await server.kill().then(() => server.start());
    }
    expect(seen).toEqual([
      "1 step.started first",
      "2 step.completed first",
      "3 step.started second",
      "4 step.completed second",
      "5 flow.completed completed",
    ]);
    const flow = await done;
    expect(flow).toMatchObject({ flowId, status: "completed", error: null, steps: [{ name: "first" }, { name: "second" }] });
    expect(flow.output).toBe((await client.getResultsByTaskId(`${flowId}.second`))?.output);
    expect(callsFor(server, { prompt: `${prompt} one` })).toHaveLength(1);
  });
});

describe("what may not be spent", () => {
  test("is a DeputeError budget_exceeded of status 402 from delegate, and the result of spawn", async () => {
    const prompt = marker();
    const input = { prompt, provider: "claude" as const, maxCost: 0.000_001 };
    await expect(clientOf().delegate(input)).rejects.toMatchObject({ name: "DeputeError", code: "budget_exceeded", status: 402 });
    expect(await clientOf().spawn(input)).toMatchObject({ success: false, errorCode: "budget_exceeded", delegation: null });
    expect(callsFor(server, { prompt })).toEqual([]);
  });
});

describe("parallelDelegate", () => {
  test("a batch that is cut by kill -9 gives each result once: slow, failed and long ones", async () => {
    const prompt = marker();
    const slow = simulate({ text: "slow", first_ms: 2_000 }, `${prompt} slow`);
    const failing = simulate({ status: 429, error: "quota_exhausted" }, `${prompt} failing`);
    const long = simulate({ text: "0123456789", repeat: 4_000, delta_chars: 4_000 }, `${prompt} long`);
    const tasks = [slow, failing, long].map((text, index) => ({
      prompt: text,
      taskId: `${prompt}-${index}`,
      provider: "codex" as const,
    }));
    const running = clientOf().parallelDelegate(tasks);
    const seen: string[] = [];
    for await (const [taskId] of running) {
      seen.push(taskId);
      if (seen.length === 1) await server.kill().then(() => server.start());
    }
    const results = await running;
    expect(seen.toSorted()).toEqual(tasks.map(({ taskId }) => taskId));
    expect([...results.keys()]).toEqual(tasks.map(({ taskId }) => taskId));
    expect([...results.values()].map(({ status, output }) => [status, output?.length ?? null])).toEqual([
      ["completed", 4],
      ["failed", null],
      ["completed", 40_000],
    ]);
  });
});

describe("docs/examples/consensus.ts", () => {
  test("prints each answer, what they agree on, who dissents and what it cost", async () => {
    const verdict = { synthesis: "Cache reads.", agreement: 0.5, dissent: [{ member: "gpt-4-turbo", point: "write-through" }] };
    const question = simulate({ text: `Cache.\n${simulate({ text: JSON.stringify(verdict) })}` }, marker());
    const environment = { ...process.env, DEPUTE_URL: server.url, DEPUTE_KEY: ADMIN_KEY };
    const { stdout } = await run(process.execPath, ["docs/examples/consensus.ts", question], { cwd: root, env: environment });
    for (const member of ["claude-opus", "gemini-2.0-flash", "gpt-4-turbo"]) expect(stdout).toContain(`## ${member}\nCache.`);
    expect(stdout).toContain("## Consensus (agreement 0.5)\nCache reads.\n\ngpt-4-turbo dissents: write-through\n");
    expect(stdout).toMatch(/\d+ tokens, \$0\.\d{4}\n$/);
  });
});
