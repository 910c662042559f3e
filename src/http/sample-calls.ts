/** One call of an operation as its reader would make it. */
export type SampleCall = {
  /** Values of the path, where they are not the usual ones; those in capitals are variables of the environment. */
  path?: { readonly [name: string]: string };
  query?: string;
  accept?: string;
  /** With `depute/client`: `{body}` is the example of the body, `{task_id}` a value of the path. Absent: it has no call for this. */
  client?: string;
};

/** What stands in a path unless the call says another: an id that the caller chose, or a variable for one that was answered. */
export const USUAL_PATH: { readonly [name: string]: string } = {
  task_id: "task-auth-001",
  batch_id: "nightly-2026-11-22",
  flow_id: "readme-1",
  workspace: "research",
  key_id: "KEY_ID",
  webhook_id: "WEBHOOK_ID",
  delivery_id: "DELIVERY_ID",
};

const AGENT = { name: "translator" };
const BUDGET = { name: "month" };
const STREAM = "text/event-stream";

/** A call of every operation, by its id. */
export const SAMPLE_CALLS: { readonly [operationId: string]: SampleCall } = {
  getHealth: {},
  getOpenApiDocument: {},
  whoAmI: { client: "console.log(await client.whoami());" },
  createDelegation: { client: "console.log(await client.delegate({body}));" },
  getDelegation: { query: "wait=30", client: "console.log(await client.waitFor({task_id}));" },
  listDelegations: {
    query: "status=completed&limit=20",
    client: 'console.log(await client.taskDelegations.where({ status: "completed" }));',
  },
  cancelDelegation: { path: { task_id: "long-review" }, client: "console.log(await client.cancel({task_id}));" },
  approveDelegation: { path: { task_id: "release-notes" }, client: "console.log(await client.approve({task_id}));" },
  rejectDelegation: { path: { task_id: "risky-migration" }, client: "console.log(await client.reject({task_id}));" },
  retryDelegation: { client: "console.log(await client.retry({task_id}, {body}));" },
  listDelegationEvents: {
    accept: STREAM,
    client: "for await (const event of client.events({task_id})) console.log(event.seq, event.type);",
  },
  scoreDelegation: { client: 'console.log(await client.score({task_id}, 0.8, "Right, but the tests are missing."));' },
  exportDelegations: {
    query: "format=csv",
    client: 'console.log(await new Response(await client.taskDelegations.export({ format: "csv" })).text());',
  },
  getDelegationTree: { client: "console.log(await client.tree({task_id}));" },
  deleteDelegation: { path: { task_id: "old-draft" }, client: "await client.delete({task_id});" },
  createRecord: { client: "console.log(await client.taskDelegations.create({body}));" },
  createBatch: { client: "console.log(await client.batches.start({body}));" },
  listBatches: {
    query: "status=completed",
    client: 'for await (const batch of client.batches.list({ status: "completed" })) console.log(batch);',
  },
  getBatch: { query: "wait=30", client: "console.log(await client.batches.waitFor({batch_id}));" },
  cancelBatch: { client: "console.log(await client.batches.cancel({batch_id}));" },
  listBatchEvents: {
    accept: STREAM,
    client: "for await (const event of client.batches.events({batch_id})) console.log(event.seq, event.type);",
  },
  listBatchResults: {
    client: "for await (const result of client.batches.results({batch_id})) console.log(result);",
  },
  listAgents: { client: "console.log(await client.agents.list());" },
  getAgent: { path: AGENT, client: "console.log(await client.agents.get({name}));" },
  putAgent: { path: AGENT, client: "console.log(await client.agents.put({name}, {body}));" },
  deleteAgent: { path: AGENT, client: "await client.agents.delete({name});" },
  createFlow: { client: "console.log(await client.flows.start({body}));" },
  listFlows: {
    query: "pattern=improve",
    client: 'for await (const flow of client.flows.list({ pattern: "improve" })) console.log(flow);',
  },
  getFlow: { query: "wait=30", client: "console.log(await client.flows.waitFor({flow_id}));" },
  cancelFlow: { client: "console.log(await client.flows.cancel({flow_id}));" },
  listFlowEvents: {
    accept: STREAM,
    client: "for await (const event of client.flows.events({flow_id})) console.log(event.seq, event.type);",
  },
  listModels: { client: "console.log(await client.models());" },
  reportModels: {
    query: "models=claude-haiku,gemini-2.0-flash&window=7d",
    client: 'console.log(await client.modelsReport({ models: ["claude-haiku", "gemini-2.0-flash"], window: "7d" }));',
  },
  selectModel: { client: "console.log(await client.selectModel({body}));" },
  listProviders: { client: "console.log(await client.providers());" },
  getCosts: { query: "group_by=model,day", client: 'console.log(await client.costs({ groupBy: ["model", "day"] }));' },
  getStats: {
    query: "group_by=model&window=1h",
    client: 'console.log(await client.stats({ groupBy: ["model"], window: "1h" }));',
  },
  listBudgets: { client: "console.log(await client.budgets.list());" },
  getBudget: { path: BUDGET, client: "console.log(await client.budgets.get({name}));" },
  putBudget: { path: BUDGET, client: "console.log(await client.budgets.put({name}, {body}));" },
  deleteBudget: { path: BUDGET, client: "await client.budgets.delete({name});" },
  createKey: { client: "console.log(await client.keys.create({body}));" },
  listKeys: { client: "for await (const key of client.keys.list()) console.log(key);" },
  getKey: { client: "console.log(await client.keys.get({key_id}));" },
  rotateKey: { client: "console.log(await client.keys.rotate({key_id}, {body}));" },
  revokeKey: { client: "await client.keys.revoke({key_id});" },
  createWorkspace: { client: "console.log(await client.workspaces.create({body}));" },
  listWorkspaces: { client: "for await (const workspace of client.workspaces.list()) console.log(workspace);" },
  getWorkspace: { client: "console.log(await client.workspaces.get({workspace}));" },
  listAudit: {
    query: "action=key.created",
    client: 'for await (const entry of client.audit({ action: "key.created" })) console.log(entry);',
  },
  getWebhookSecret: { client: "console.log(await client.webhooks.workspaceSecret());" },
  rotateWebhookSecret: { client: "console.log(await client.webhooks.rotateWorkspaceSecret({body}));" },
  createWebhook: { client: "console.log(await client.webhooks.create({body}));" },
  listWebhooks: { client: "console.log(await client.webhooks.list());" },
  getWebhook: { client: "console.log(await client.webhooks.get({webhook_id}));" },
  changeWebhook: { client: "console.log(await client.webhooks.put({webhook_id}, {body}));" },
  deleteWebhook: { client: "await client.webhooks.delete({webhook_id});" },
  rotateEndpointSecret: { client: "console.log(await client.webhooks.rotateSecret({webhook_id}, {body}));" },
  testWebhook: { client: "console.log(await client.webhooks.test({webhook_id}));" },
  listWebhookDeliveries: {
    client: "for await (const delivery of client.webhooks.deliveries({webhook_id})) console.log(delivery);",
  },
  listDeliveries: {
    query: "status=failed",
    client: 'for await (const delivery of client.webhooks.allDeliveries({ status: "failed" })) console.log(delivery);',
  },
  redeliver: { client: "console.log(await client.webhooks.redeliverAny({delivery_id}));" },
  redeliverWebhook: { client: "console.log(await client.webhooks.redeliver({webhook_id}, {delivery_id}));" },
};
