import { describe, expect, test } from "vitest";
import { call } from "../../support/api-client.ts";
import { makeKey } from "../../support/team.ts";

type Entry = { actor: string; key_id: string; action: string; subject: string; request_id: string };
const auditOf = async (subject: string) =>
  (await call<{ data: Entry[] }>("GET", `/v1/audit?subject=${subject}`)).body.data.map(
    (entry) => `${entry.actor} ${entry.action}`,
  );

/** A task that waits for approval, and its id. */
async function waiting(fields: object = {}): Promise<string> {
  const body = { prompt: "a secret prompt", approval: "manual", ...fields };
  return (await call<{ task_id: string }>("POST", "/v1/delegations", { body })).body.task_id;
}

describe("what is done to a delegation", () => {
  test.each([
    ["approve", "delegation.approved"],
    ["reject", "delegation.rejected"],
  ])("%s is on record with who did it and the request, once however often it is sent", async (verb, action) => {
    const id = await waiting();
    const boss = await makeKey({ name: "boss", scopes: ["approve"] });
    const headers = { "x-request-id": `request-${id}` };
    const decide = () => call("POST", `/v1/delegations/${id}/${verb}`, { key: boss.key, headers });
    expect((await Promise.all([decide(), decide()])).map(({ status }) => status)).toEqual([200, 200]);
    expect((await decide()).status).toBe(200);
    await expect.poll(() => auditOf(id)).toEqual([`boss ${action}`]);
    const { data } = (await call<{ data: Entry[] }>("GET", `/v1/audit?subject=${id}`)).body;
    expect(data[0]).toMatchObject({ key_id: boss.id, request_id: `request-${id}` });
  });

  test("a decision that came too late is not on record", async () => {
    const id = await waiting();
    await call("POST", `/v1/delegations/${id}/reject`);
    expect((await call("POST", `/v1/delegations/${id}/approve`)).status).toBe(409);
    await call("DELETE", `/v1/delegations/${id}`);
    await expect.poll(() => auditOf(id)).toEqual(["owner delegation.deleted", "owner delegation.rejected"]);
  });

  test("a deletion is on record once, and nothing of what was deleted is", async () => {
    const id = await waiting();
    const erase = () => call("DELETE", `/v1/delegations/${id}`);
    await Promise.all([erase(), erase()]);
    await erase();
    await expect.poll(() => auditOf(id)).toEqual(["owner delegation.deleted"]);
    const { body } = await call("GET", `/v1/audit?subject=${id}`);
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  test("a task that its batch holds back is approved on record, too", async () => {
    const tasks = [
      { prompt: "x", approval: "manual" },
      { prompt: "y", approval: "manual" },
    ];
    const batch = await call<{ batch_id: string }>("POST", "/v1/batches", { body: { tasks, max_concurrency: 1 } });
    const id = `${batch.body.batch_id}.1`;
    expect((await call("POST", `/v1/delegations/${id}/reject`)).status).toBe(200);
    await expect.poll(() => auditOf(id)).toEqual(["owner delegation.rejected"]);
  });
});

describe("what is done to an agent", () => {
  test("saving and deleting are on record; a deletion of nothing is not", async () => {
    const name = `a-${crypto.randomUUID().slice(0, 8)}`;
    await call("PUT", `/v1/agents/${name}`, { body: { system: "a secret system prompt" } });
    await call("DELETE", `/v1/agents/${name}`);
    expect((await call("DELETE", `/v1/agents/${name}`)).status).toBe(404);
    expect(await auditOf(name)).toEqual(["owner agent.deleted", "owner agent.saved"]);
    expect(JSON.stringify((await call("GET", `/v1/audit?subject=${name}`)).body)).not.toContain("secret");
  });
});
