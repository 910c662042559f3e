import { type Client, createClient } from "depute/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { E2eServer } from "../support/e2e-server.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";

/** Operations that the client has no call for, and why. */
const NOT_THE_CLIENTS: { readonly [operationId: string]: string } = {
  getHealth: "for probes: it is open to everyone and says nothing that `providers` does not",
  getOpenApiDocument: "the document itself, for tools",
};

const prompt = "Say hello";
const tasks = [{ prompt, provider: "claude" as const, taskId: "one-of-one" }];
const pair = {
  pattern: "consensus" as const,
  prompt,
  panel: [{ provider: "claude" as const }, { provider: "codex" as const }],
};
const first = async (rows: AsyncGenerator<unknown>) => (await rows.next()).value;

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** What the client does for each operation, in an order in which each finds what it needs. */
const USES: { readonly [operationId: string]: (client: Client) => Promise<unknown> } = {
  createDelegation: (client) => client.delegateWithId({ prompt, agent: "coder", provider: "claude", taskId: "task" }),
  listDelegationEvents: (client) => all(client.events("task")),
  getDelegation: (client) => client.waitFor("task"),
  scoreDelegation: (client) => client.score("task", 0.8, "Polite."),
  retryDelegation: (client) => client.retry("task", { taskId: "again", model: "claude-haiku" }),
  getDelegationTree: (client) => client.tree("again"),
  createRecord: (client) => client.taskDelegations.create({ taskId: "elsewhere", output: "Hi", sprint: 12 }),
  listDelegations: (client) => client.taskDelegations.where({ status: "completed" }),
  exportDelegations: async (client) => {
    const file = await client.taskDelegations.export({ status: "completed", format: "csv" });
    expect(await new Response(file).text()).toContain("task_id");
  },
  approveDelegation: async (client) => {
    await client.delegate({ prompt, provider: "claude", approval: "manual", taskId: "held" });
    return client.approve("held");
  },
  rejectDelegation: async (client) => {
    await client.delegate({ prompt, provider: "claude", approval: "manual", taskId: "unwanted" });
    return client.reject("unwanted");
  },
  cancelDelegation: (client) => client.cancel("unwanted"),
  deleteDelegation: (client) => client.delete("unwanted"),
  createBatch: (client) => client.batches.start({ batchId: "batch", tasks, defaults: { agent: "tester" } }),
  listBatchEvents: (client) => all(client.batches.events("batch")),
  getBatch: (client) => client.batches.waitFor("batch"),
  listBatchResults: (client) => all(client.batches.results("batch")),
  cancelBatch: (client) => client.batches.cancel("batch"),
  listBatches: (client) => first(client.batches.list({ status: ["completed", "cancelled"] })),
  createFlow: (client) => client.flows.start({ ...pair, flowId: "flow", stopWhenAgreed: 0.1 }),
  listFlowEvents: (client) => all(client.flows.events("flow")),
  getFlow: (client) => client.flows.waitFor("flow"),
  cancelFlow: (client) => client.flows.cancel("flow"),
  listFlows: (client) => first(client.flows.list({ pattern: "consensus" })),
  putAgent: (client) => client.agents.put("poet", { model: "claude-sonnet", maxOutputTokens: 500 }),
  getAgent: (client) => client.agents.get("poet"),
  listAgents: (client) => client.agents.list(),
  deleteAgent: (client) => client.agents.delete("poet"),
  putBudget: (client) => client.budgets.put("month", { scope: "workspace", period: "month", limit: 100 }),
  getBudget: (client) => client.budgets.get("month"),
  listBudgets: (client) => client.budgets.list(),
  deleteBudget: (client) => client.budgets.delete("month"),
  createKey: async (client) => {
    const { id, key } = await client.keys.create({ name: "ci", scopes: ["read"] });
    expect(key).toMatch(/^dpt_/);
    known.keyId = id;
  },
  getKey: (client) => client.keys.get(known.keyId),
  rotateKey: async (client) => expect((await client.keys.rotate(known.keyId, { overlap: 60 })).key).toMatch(/^dpt_/),
  revokeKey: (client) => client.keys.revoke(known.keyId),
  listKeys: (client) => first(client.keys.list()),
  createWorkspace: async (client) => expect((await client.workspaces.create({ workspace: "lab" })).key.key).toMatch(/^dpt_/),
  getWorkspace: (client) => client.workspaces.get("lab"),
  listWorkspaces: (client) => first(client.workspaces.list()),
  createWebhook: async (client) => {
    known.webhookId = (await client.webhooks.create({ url: `${server.simulator.url}/hook`, events: ["delegation.failed"] })).id;
  },
  changeWebhook: (client) => client.webhooks.put(known.webhookId, { url: `${server.simulator.url}/other`, events: ["*"] }),
  getWebhook: (client) => client.webhooks.get(known.webhookId),
  listWebhooks: (client) => client.webhooks.list(),
  testWebhook: async (client) => {
    known.deliveryId = (await client.webhooks.test(known.webhookId)).id;
  },
  listWebhookDeliveries: (client) => first(client.webhooks.deliveries(known.webhookId, { status: ["pending", "failed"] })),
  redeliverWebhook: (client) => client.webhooks.redeliver(known.webhookId, known.deliveryId),
  listDeliveries: (client) => first(client.webhooks.allDeliveries({ status: ["pending", "failed", "delivered"] })),
  redeliver: (client) => client.webhooks.redeliverAny(known.deliveryId),
  rotateEndpointSecret: (client) => client.webhooks.rotateSecret(known.webhookId),
  deleteWebhook: (client) => client.webhooks.delete(known.webhookId),
  getWebhookSecret: (client) => client.webhooks.workspaceSecret(),
  rotateWebhookSecret: (client) => client.webhooks.rotateWorkspaceSecret({ overlap: 60 }),
  whoAmI: (client) => client.whoami(),
  listAudit: (client) => first(client.audit({ action: "key.created" })),
  listModels: (client) => client.models(),
  selectModel: (client) => client.selectModel({ taskType: "TESTING" }),
  listProviders: (client) => client.providers(),
  getCosts: (client) => client.costs({ groupBy: ["agent"] }),
  getStats: (client) => client.stats({ groupBy: ["model"], window: "1h" }),
  reportModels: (client) => client.modelsReport({ models: ["claude-haiku"], window: "1h" }),
};
const known = { keyId: "", webhookId: "", deliveryId: "" };

type Document = { paths: { [path: string]: { [method: string]: { operationId: string } } } };
type Seen = { method: string; path: string; status: number };

let server: E2eServer;
const seen: Seen[] = [];
beforeAll(async () => {
  server = await E2eServer.start({ ALLOW_INSECURE_WEBHOOKS: "true" });
});
afterAll(() => server[Symbol.asyncDispose]());

async function recorded(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  seen.push({ method: init.method ?? "GET", path: new URL(url).pathname, status: response.status });
  return response;
}

describe("depute/client", () => {
  test("has a call for every operation of the document but those that are named, and each works", async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ method: method.toUpperCase(), path, operationId })),
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.toSorted()).toEqual([...Object.keys(USES), ...Object.keys(NOT_THE_CLIENTS)].toSorted());

    const client = createClient({ baseUrl: server.url, apiKey: ADMIN_KEY, fetch: recorded });
    for (const [operationId, use] of Object.entries(USES)) {
      const { method, path } = operations.find((operation) => operation.operationId === operationId) ?? { method: "", path: "" };
      const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
      seen.length = 0;
      const answer = await use(client);
      const statuses = seen.filter((call) => call.method === method && pattern.test(call.path)).map(({ status }) => status);
      expect([operationId, statuses]).toEqual([
        operationId,
        [expect.toSatisfy((status: number) => status >= 200 && status < 300)],
      ]);
      expect([operationId, answer]).not.toEqual([operationId, null]);
      expect([operationId, answer]).not.toEqual([operationId, []]);
    }
  });
});
