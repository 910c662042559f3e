import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { JournalEntry, Scenario } from "../../../simulator/scenario.ts";
import { simulate } from "../../../simulator/simulate.ts";
import { readConfig } from "../../../src/config.ts";
import { type Executor, providerFor } from "../../../src/providers/index.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";

const config = readConfig(env);
const STREAMING: Executor[] = [
  { provider: "claude", endpoint: null },
  { provider: "gemini", endpoint: null },
  { provider: "codex", endpoint: null },
  { provider: "compatible", endpoint: "local" },
];

async function journalOf(prompt: string): Promise<JournalEntry[]> {
  const response = await fetch(`${env.SIMULATOR_URL}/__simulator/journal`);
  const entries = await response.json<JournalEntry[]>();
  return entries.filter((entry) => entry.prompt.includes(prompt));
}

function call(executor: Executor, scenario: Scenario, sink: RecordingSink, signal: AbortSignal) {
  const provider = providerFor(executor, config);
  if (provider?.kind !== "streaming") throw new Error("not a streaming provider");
  const prompt = simulate(scenario, crypto.randomUUID());
  return { prompt, ended: provider.stream(providerRequest({ prompt }), sink, signal) };
}

describe.each(STREAMING)("$provider in workerd", (executor) => {
  test("streams an answer to its end", async () => {
    const sink = new RecordingSink();
    const { prompt, ended } = call(
      executor,
      { text: "aé漢👩‍🚀", delta_chars: 1, split_bytes: 1 },
      sink,
      new AbortController().signal,
    );
    expect(await ended).toMatchObject({ outcome: "completed", usageFinal: true });
    expect(sink.texts.join("")).toBe("aé漢👩‍🚀");
    await expect.poll(async () => (await journalOf(prompt)).map(({ ended_by }) => ended_by)).toEqual(["answered"]);
  });

  test("an abort closes the vendor's connection", async () => {
    const stop = new AbortController();
    const sink = new RecordingSink(() => stop.abort("cancelled"));
    const { prompt, ended } = call(
      executor,
      { text: "Hello there", delta_chars: 3, fault: { kind: "hang", after: 2 } },
      sink,
      stop.signal,
    );
    await expect(ended).rejects.toThrow();
    await expect.poll(async () => (await journalOf(prompt)).map(({ ended_by }) => ended_by)).toEqual(["aborted"]);
  });

  test("an abort before the headers closes the vendor's connection", async () => {
    const stop = new AbortController();
    const { prompt, ended } = call(executor, { text: "late", headers_ms: 60_000 }, new RecordingSink(), stop.signal);
    await expect.poll(async () => (await journalOf(prompt)).length).toBe(1);
    stop.abort("timeout");
    await expect(ended).rejects.toThrow();
    await expect.poll(async () => (await journalOf(prompt)).map(({ ended_by }) => ended_by)).toEqual(["aborted"]);
  });

  test.each(["close", "drop"] as const)("a stream that breaks off (%s) is a truncated one", async (kind) => {
    const scenario: Scenario = { text: "Hello there", delta_chars: 3, fault: { kind, after: 2 } };
    const { ended } = call(executor, scenario, new RecordingSink(), new AbortController().signal);
    await expect(ended).rejects.toMatchObject({ code: "truncated_stream", free: false });
  });
});

describe("copilot in workerd", () => {
  const provider = providerFor({ provider: "copilot", endpoint: null }, config);
  if (provider?.kind !== "polling") throw new Error("not a polling provider");
  const requestFor = (scenario: Scenario) =>
    providerRequest({ taskId: crypto.randomUUID(), prompt: simulate(scenario, crypto.randomUUID()) });

  test("creates a task and polls it to its end", async () => {
    const request = requestFor({ polls: 0 });
    const { signal } = new AbortController();
    const handle = await provider.create(request, signal);
    expect(await provider.poll(handle, request, signal)).toMatchObject({ state: "ended", completion: { usageFinal: true } });
  });

  test("an aborted create closes the connection, and its task is found", async () => {
    const request = requestFor({ fault: { kind: "hang", after: 0 } });
    const stop = new AbortController();
    const create = provider.create(request, stop.signal);
    await expect.poll(async () => (await journalOf(request.taskId)).length).toBe(1);
    stop.abort("timeout");
    await expect(create).rejects.toThrow();
    await expect.poll(async () => (await journalOf(request.taskId)).map(({ ended_by }) => ended_by)).toEqual(["aborted"]);
    expect(await provider.find(request, new AbortController().signal)).toEqual(expect.any(String));
  });
});
