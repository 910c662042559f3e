import { describe, expect, test } from "vitest";
import { call } from "../../support/api-client.ts";
import { freshId, rowOf } from "../../support/delegation-object.ts";

type Tree = { root_task_id: string; truncated: boolean; data: { task_id: string; depth: number; [field: string]: unknown }[] };
const treeOf = (id: string) => call<Tree>("GET", `/v1/delegations/${id}/tree`);

async function recorded(parent_task_id: string | null, more: object = {}): Promise<string> {
  const task_id = freshId();
  await call("POST", "/v1/records", { body: { task_id, parent_task_id, prompt: "p".repeat(300), ...more } });
  await expect.poll(() => rowOf(task_id)).not.toBeNull();
  return task_id;
}

describe("GET /v1/delegations/{task_id}/tree", () => {
  test("shows where a delegation is among its parents and children, and what each came to", async () => {
    const root = await recorded(null);
    const child = await recorded(root, {
      cost: 0.5,
      tokens_used: 7,
      status: "failed",
      error: { code: "lost", message: "x" },
      score: 0,
    });
    const { status, body } = await treeOf(child);
    expect([status, body.root_task_id, body.truncated]).toEqual([200, root, false]);
    expect(body.data).toMatchObject([
      { task_id: root, depth: 0, parent_task_id: null, status: "completed", prompt_preview: "p".repeat(200), deleted: false },
      {
        task_id: child,
        depth: 1,
        parent_task_id: root,
        status: "failed",
        cost: 0.5,
        tokens_used: 7,
        error_code: "lost",
        score: 0,
      },
    ]);
    expect(body.data[0]?.created_at).toMatch(/^\d{4}-.*Z$/);
    expect((await treeOf(root)).body).toEqual(body);
  });

  test("keeps the place of one that was deleted, which itself is 410", async () => {
    const root = await recorded(null);
    const middle = await recorded(root);
    const last = await recorded(middle);
    await call("DELETE", `/v1/delegations/${middle}`);
    await expect.poll(async () => (await treeOf(middle)).status).toBe(410);
    expect((await treeOf(last)).body.data).toMatchObject([
      { task_id: root },
      { task_id: middle, deleted: true, prompt_preview: null },
      { task_id: last, depth: 2 },
    ]);
  });

  test("is 404 for a delegation that is not there", async () => {
    expect((await treeOf(freshId())).status).toBe(404);
  });

  test("has a delegation from the moment it is accepted", async () => {
    const task_id = freshId();
    await call("POST", "/v1/delegations", { body: { task_id, prompt: "x", approval: "manual" } });
    expect((await treeOf(task_id)).body.data).toMatchObject([{ task_id, depth: 0, status: "needs-approval" }]);
  });
});
