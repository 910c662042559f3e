import { describe, expect, test } from "vitest";
import { type Client, createClient } from "../../../src/client/index.ts";
import { jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";
import { delegation, ended } from "./fake-api.ts";

type Use = (client: Client, signal: AbortSignal) => Promise<unknown>;

const next = (rows: AsyncGenerator<unknown>) => rows.next();
const prompt = "p";
const CALLS: readonly (readonly [string, Use])[] = [
  ["spawn", (client, signal) => client.spawn({ prompt, signal })],
  ["delegate", (client, signal) => client.delegate({ prompt }, { signal })],
  ["parallelDelegate", (client, signal) => client.parallelDelegate([{ prompt }], { signal })],
  ["chain", (client, signal) => client.chain([{ name: "a", prompt }], { signal })],
  ["iterativeImprovement", (client, signal) => client.iterativeImprovement({ prompt, signal })],
  ["getConsensus", (client, signal) => client.getConsensus({ prompt, signal })],
  ["flow", (client, signal) => client.flow({ pattern: "improve", prompt }, { signal })],
  ["waitFor", (client, signal) => client.waitFor("t", { signal })],
  ["events", (client, signal) => next(client.events("t", { signal }))],
  ["retry", (client, signal) => client.retry("t", {}, { signal })],
  ["score", (client, signal) => client.score("t", 1, undefined, { signal })],
  ["selectModel", (client, signal) => client.selectModel({ signal })],
  ["taskDelegations.where", (client, signal) => client.taskDelegations.where({}, { signal })],
  ["taskDelegations.create", (client, signal) => client.taskDelegations.create({ output: "o" }, { signal })],
  ["batches.results", (client, signal) => next(client.batches.results("b", { signal }))],
  ["batches.waitFor", (client, signal) => client.batches.waitFor("b", { signal })],
  ["flows.list", (client, signal) => next(client.flows.list({}, { signal }))],
  ["agents.put", (client, signal) => client.agents.put("a", {}, { signal })],
  ["budgets.delete", (client, signal) => client.budgets.delete("b", { signal })],
  ["keys.create", (client, signal) => client.keys.create({ name: "k", scopes: ["read"] }, { signal })],
  ["webhooks.list", (client, signal) => client.webhooks.list({ signal })],
  ["costs", (client, signal) => client.costs({}, { signal })],
  ["providers", (client, signal) => client.providers({ signal })],
];

/** Aborts once `requests` have come to a server that leaves the last of them without an end. */
async function expectReason(use: Use, requests: number, replies: readonly WireReply[] = []): Promise<void> {
  let number = 0;
  await using server = await WireServer.playing(() => replies[number++] ?? { end: "hang" });
  const client = createClient({ baseUrl: server.baseUrl, apiKey: "k" });
  const controller = new AbortController();
  const reason = new Error("enough");
  const call = use(client, controller.signal);
  call.catch(() => undefined);
  await expect.poll(() => server.requests.length).toBe(requests);
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
}

describe("a signal that aborts while the server does not answer", () => {
  test.each(CALLS)("ends %s with its reason", async (name, use) => {
    await expectReason(use, name === "getConsensus" ? 3 : 1);
  });

  test("ends a spawn at each of its calls", async () => {
    const use: Use = (client, signal) => client.spawn({ prompt, signal });
    const accepted = jsonReply(202, delegation("t", { status: "pending" }));
    await expectReason(use, 2, [accepted]);
    await expectReason(use, 3, [accepted, ended()]);
  });

  test("ends a flow that is waited for", async () => {
    const running = jsonReply(202, { flow_id: "f", status: "in-progress" });
    await expectReason((client, signal) => client.flow({ pattern: "improve", prompt }, { signal }), 3, [running, running]);
  });

  test("that was aborted before asks nothing", async () => {
    await using server = await WireServer.playing({ end: "hang" });
    const client = createClient({ baseUrl: server.baseUrl, apiKey: "k" });
    for (const [, use] of CALLS) await expect(use(client, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
    expect(server.requests).toEqual([]);
  });
});
