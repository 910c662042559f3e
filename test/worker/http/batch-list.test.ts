import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Batch } from "../../../src/batches/batch.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { freshId } from "../../support/delegation-object.ts";

type Page = { data: Omit<Batch, "results" | "max_concurrency">[]; next_cursor: string | null };

const list = async (query: string) => (await call<Page>("GET", `/v1/batches?${query}`)).body;
const post = async (texts: string[]): Promise<string> => {
  const tasks = texts.map((text) => ({ prompt: simulate({ text }, freshId()) }));
  return (await call<Batch>("POST", "/v1/batches", { body: { tasks } })).body.batch_id;
};
const find = async (batchId: string) => (await list("limit=200")).data.find(({ batch_id }) => batch_id === batchId);

describe("GET /v1/batches", () => {
  test("has a batch as soon as it is accepted, and as it ended", async () => {
    const batchId = await post(["one", "two"]);
    expect(await find(batchId)).toMatchObject({ created_by: "owner", counts: { total: 2 } });
    const { results: _, max_concurrency: __, ...done } = (await call<Batch>("GET", `/v1/batches/${batchId}?wait=20`)).body;
    expect(done.cost_nanos).toBeGreaterThan(0);
    await expect.poll(() => find(batchId)).toEqual(done);
  });

  test("shows the others when a row cannot be read", async () => {
    const [sound, odd] = [await post(["one"]), await post(["two"])];
    await call("GET", `/v1/batches/${odd}?wait=20`);
    await env.DB.prepare("update batches set status = 'odd' where batch_id = ?").bind(odd).run();
    expect([await find(sound), await find(odd)]).toEqual([expect.anything(), undefined]);
  });

  test("comes newest first in pages whose cursors go with no other list", async () => {
    const from = new Date().toISOString();
    const ids = [];
    for (const text of ["a", "b", "c"]) ids.push(await post([text]));
    const span = `created_after=${from}`;
    const first = await list(`${span}&limit=2`);
    expect(first.data.map(({ batch_id }) => batch_id)).toEqual([ids[2], ids[1]]);
    const second = await list(`${span}&limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ data: [{ batch_id: ids[0] }], next_cursor: null });
    const paths = [`/v1/batches?cursor=${first.next_cursor}`, `/v1/delegations?${span}&cursor=${first.next_cursor}`];
    for (const path of paths) {
      const { status, body } = await call<ProblemBody>("GET", path);
      expect([status, body.errors?.[0]?.path]).toEqual([400, "cursor"]);
    }
  });

  test("can be narrowed to a status, and refuses one that no batch has", async () => {
    const batchId = await post(["done"]);
    await call("GET", `/v1/batches/${batchId}?wait=20`);
    const ended = async () => (await list("status=completed,cancelled")).data.map(({ batch_id }) => batch_id);
    await expect.poll(ended).toContain(batchId);
    expect((await list("status=in-progress")).data.map(({ batch_id }) => batch_id)).not.toContain(batchId);
    expect((await call("GET", "/v1/batches?status=failed")).status).toBe(400);
  });
});
