import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { call } from "../../support/api-client.ts";
import { hiddenFields, signedIn } from "../../support/dashboard.ts";
import { freshId } from "../../support/delegation-object.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

const HOSTILE = "</pre><script>alert(1)</script>";
const MANUAL = { prompt: "Nobody approves this.", approval: "manual" } as const;

/** A workspace of its own, and somebody in it who is signed in. */
async function workspace() {
  const { key } = await makeWorkspace();
  const start = async (batch_id: string, tasks: readonly object[]) =>
    expect((await call("POST", "/v1/batches", { key: key.key, body: { batch_id, tasks } })).status).toBe(202);
  return { key: key.key, start, visitor: await signedIn(key.key) };
}

describe("GET /batches", () => {
  test("tells a newcomer how to start one", async () => {
    const { visitor } = await workspace();
    const { status, text } = await visitor.get("/batches");
    expect(status).toBe(200);
    expect(text).toContain("No batches yet");
    expect(text).toContain("curl https://depute.test/v1/batches");
  });

  test("lists those of the workspace, and narrows to a status that stands in the address", async () => {
    const { start, visitor } = await workspace();
    const id = freshId("waits");
    await start(id, [MANUAL]);
    expect((await visitor.get("/batches")).text).toContain(`href="/batches/${id}"`);
    expect((await visitor.get("/batches?status=in-progress")).text).toContain(`href="/batches/${id}"`);
    expect((await visitor.get("/batches?status=completed")).text).toContain("No batch fits this filter.");
    expect((await (await workspace()).visitor.get("/batches")).text).not.toContain(id);
  });

  test("leads page by page through more than fit one", async () => {
    const { start, visitor } = await workspace();
    const ids = Array.from({ length: 51 }, () => freshId("paged"));
    for (const id of ids) await start(id, [MANUAL]);
    const first = (await visitor.get("/batches?status=in-progress")).text;
    const next = /<a href="([^"]+)" rel="next">/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(next).toMatch(/^\/batches\?status=in-progress&cursor=/);
    const second = (await visitor.get(next)).text;
    const shown = [...`${first}${second}`.matchAll(/id="batch-([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(shown)).toEqual(new Set(ids));
    expect(shown).toHaveLength(51);
    expect(second).toContain('<a href="/batches?status=in-progress">← First page</a>');
    expect(second).not.toContain("data-live");
  });

  test("says of a cursor that is none what the API says of it", async () => {
    const { visitor } = await workspace();
    const { status, text } = await visitor.get("/batches?cursor=none");
    expect(status).toBe(400);
    expect(text).toContain("<code>invalid_request</code>");
  });
});

describe("GET /batches/{batch_id}", () => {
  test("shows how far it is, what each task answered and why one did not, as text", async () => {
    const { start, visitor } = await workspace();
    const id = freshId("mixed");
    const good = { task_id: `${id}.good`, prompt: simulate({ text: HOSTILE }, freshId()) };
    const bad = { task_id: `${id}.bad`, prompt: simulate({ status: 400 }, freshId()) };
    await start(id, [good, bad]);
    await expect.poll(async () => (await visitor.get(`/batches/${id}`)).text).toContain("1 completed, 1 failed of 2");
    const { text } = await visitor.get(`/batches/${id}`);
    expect(text).not.toContain("<script>alert");
    expect(text).toContain("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).toContain("<code>provider_invalid_request</code>");
    expect(text).toContain(`href="/delegations?batch_id=${id}"`);
    expect(text).not.toContain("data-live");
    const failed = (await visitor.get(`/batches/${id}?status=failed`)).text;
    expect(failed).toContain(`id="task-${id}.bad"`);
    expect(failed).not.toContain(`id="task-${id}.good"`);
  });

  test("is live while it runs, and cancelled by its button", async () => {
    const { start, visitor } = await workspace();
    const id = freshId("cancel");
    await start(id, [MANUAL]);
    const { text } = await visitor.get(`/batches/${id}`);
    expect(text).toContain("data-live");
    expect(text).toContain(`data-events="/batches/${id}/events"`);
    const answer = await visitor.submit(`/batches/${id}`, `/batches/${id}/cancel`);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/batches/${id}`]);
    await expect.poll(async () => (await visitor.get(`/batches/${id}`)).text).toContain('data-status="cancelled"');
    expect((await visitor.get(`/batches/${id}`)).text).not.toContain("Cancel the batch");
  });

  test("offers nothing to cancel to who may only read, and refuses what was sent all the same", async () => {
    const { key, start } = await workspace();
    const id = freshId("reader");
    await start(id, [MANUAL]);
    const reader = await signedIn((await makeKey({ scopes: ["read"] }, key)).key);
    const { text } = await reader.get(`/batches/${id}`);
    expect(text).not.toContain("Cancel the batch");
    const refused = await reader.post(`/batches/${id}/cancel`, hiddenFields(text, "/sign-out"));
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("<code>forbidden</code>");
    expect((await call("GET", `/v1/batches/${id}`, { key })).body).toMatchObject({ status: "in-progress" });
  });

  test("of another workspace is none", async () => {
    const { start } = await workspace();
    const id = freshId("theirs");
    await start(id, [MANUAL]);
    const { status, text } = await (await workspace()).visitor.get(`/batches/${id}`);
    expect(status).toBe(404);
    expect(text).toContain("There is no batch of this id");
  });
});
