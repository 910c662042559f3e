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
  return { mark, ids: idsOf(mark, id), unknown: idsOf(`mark-${crypto.randomUUID()}`, `key_${crypto.randomUUID()}`) };
}

const idsOf = (mark: string, keyId: string) => ({
  "delegations/task_id": mark,
  "batches/batch_id": mark,
  "flows/flow_id": mark,
  "agents/name": mark,
  "budgets/name": mark,
  "keys/key_id": keyId,
});

/** All that was seeded, as it is now. */
export async function snapshotOf(key: string, { ids }: Seeds): Promise<unknown[]> {
  const paths = Object.entries(ids).map(([param, id]) => `/v1/${param.split("/")[0]}/${id}`);
  return Promise.all(paths.map(async (path) => (await call("GET", path, { key })).body));
}
