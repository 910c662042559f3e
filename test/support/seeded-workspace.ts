import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { call } from "./api-client.ts";
import { makeKey } from "./team.ts";

/** One of everything in a workspace. `mark` is a text that stands in all of it; `unknown` are ids like these of nothing. */
export type Seeds = { mark: string; ids: { [param: string]: string }; unknown: { [param: string]: string } };

/** Makes one of everything with a key that may; nothing of it runs. */
export async function seed(key: string): Promise<Seeds> {
  const mark = `mark-${crypto.randomUUID()}`;
  const made = async (method: string, path: string, body: object) => {
    const { status, body: answer } = await call(method, path, { key, body });
    expect([path, status < 300, answer]).toEqual([path, true, answer]);
  };
  const task = { prompt: `${mark} prompt`, approval: "manual", agent: mark };
  await made("PUT", `/v1/agents/${mark}`, { system: `${mark} system` });
  await made("PUT", `/v1/budgets/${mark}`, { scope: "workspace", period: "total", limit: 1_000 });
  await made("POST", "/v1/delegations", { ...task, task_id: mark, properties: { mark } });
  await made("POST", "/v1/batches", { batch_id: mark, tasks: [task] });
  await made("POST", "/v1/flows", { flow_id: mark, pattern: "chain", input: mark, steps: [{ name: "one", ...task }] });
  const { id } = await makeKey({ name: mark }, key);
  await seedWebhook(id, mark);
  return { mark, ids: idsOf(mark, id), unknown: idsOf(`mark-${crypto.randomUUID()}`, `key_${crypto.randomUUID()}`) };
}

/** An endpoint with a delivery, stored as it is kept: a workspace may not make as many as there are seeds. It is told nothing. */
async function seedWebhook(keyId: string, mark: string): Promise<void> {
  const of = env.DB.prepare("select workspace from keys where key_id = ?").bind(keyId);
  const { workspace } = (await of.first<{ workspace: string }>()) ?? {};
  await env.DB.batch([
    env.DB.prepare(
      `insert into webhook_endpoints (workspace, endpoint_id, url, events, description, secret, created_at, created_by)
       values (?1, ?2, 'https://example.com/' || ?2, '[]', ?2, 'sealed elsewhere', 1, ?2)`,
    ).bind(workspace, mark),
    env.DB.prepare(
      `insert into webhook_deliveries (workspace, delivery_id, message_id, endpoint_id, url, type, payload, status, created_at, attempts, log)
       values (?1, 'dlv_' || ?2, ?2, ?2, 'https://example.com/', 'webhook.test', '{}', 'failed', 1, 0, '[]')`,
    ).bind(workspace, mark),
  ]);
}

const idsOf = (mark: string, keyId: string) => ({
  "delegations/task_id": mark,
  "batches/batch_id": mark,
  "flows/flow_id": mark,
  "agents/name": mark,
  "budgets/name": mark,
  "keys/key_id": keyId,
  "webhooks/webhook_id": mark,
  "deliveries/delivery_id": `dlv_${mark}`,
});

/** All that was seeded, as it is now. */
export async function snapshotOf(key: string, { ids }: Seeds): Promise<unknown[]> {
  const own = Object.entries(ids).filter(([param]) => param !== "deliveries/delivery_id");
  const paths = own.map(([param, id]) => `/v1/${param.split("/")[0]}/${id}`);
  return Promise.all(paths.map(async (path) => (await call("GET", path, { key })).body));
}
