import { describe, expect, test } from "vitest";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { type MadeKey, makeKey, makeWorkspace } from "../../support/team.ts";

type Listed = { data: { workspace: string; created_at: string | null }[]; next_cursor: string | null };

describe("POST /v1/workspaces", () => {
  test("makes a workspace and its first key, which may do everything there and makes the others", async () => {
    const body = { workspace: `lab-${crypto.randomUUID().slice(0, 8)}`, title: "The lab" };
    const answer = await call<{ key: MadeKey }>("POST", "/v1/workspaces", { body });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/v1/workspaces/${body.workspace}`);
    expect(answer.body).toMatchObject({
      ...body,
      created_by: "owner",
      key: { scopes: ["delegate", "read", "approve", "admin"] },
    });
    const { key } = answer.body.key;
    const other = await makeKey({ scopes: ["delegate"] }, key);
    expect((await call("POST", "/v1/delegations", { key: other.key, body: { prompt: "x", approval: "manual" } })).status).toBe(
      202,
    );
    const audit = await call<{ data: { action: string; actor: string; subject: string }[] }>("GET", "/v1/audit", { key });
    expect(audit.body.data.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      "first key key.created",
      "owner key.created",
      "owner workspace.created",
    ]);
  });

  test("a name that is taken is a conflict, however often at once; the first key stays", async () => {
    const { workspace, key } = await makeWorkspace();
    const again = await call<ProblemBody>("POST", "/v1/workspaces", { body: { workspace } });
    expect([again.status, again.body.errors?.[0]?.path]).toEqual([409, "workspace"]);
    expect((await call("POST", "/v1/workspaces", { body: { workspace: "default" } })).status).toBe(409);
    const name = `at-once-${crypto.randomUUID().slice(0, 8)}`;
    const answers = await Promise.all([1, 2, 3].map(() => call("POST", "/v1/workspaces", { body: { workspace: name } })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect((await call<Listed>("GET", "/v1/keys", { key: key.key })).body.data).toHaveLength(1);
  });

  test.each(["", "-a", "A", "a_b", "a/b", "a".repeat(64), "ä"])("the name %j is refused", async (workspace) => {
    const answer = await call<ProblemBody>("POST", "/v1/workspaces", { body: { workspace } });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, "workspace"]);
  });

  test("is the owner's alone: no key of any workspace may, whatever its scopes", async () => {
    const { key } = await makeWorkspace();
    const own = await makeKey({ scopes: ["delegate", "read", "approve", "admin"] });
    for (const holder of [key.key, own.key]) {
      const answer = await call<ProblemBody>("POST", "/v1/workspaces", { key: holder, body: { workspace: "mine" } });
      expect([answer.status, answer.body.detail]).toEqual([403, "This needs the owner key of the deployment, DEPUTE_ADMIN_KEY."]);
    }
  });
});

describe("GET /v1/workspaces", () => {
  test("lists all of them, newest first, page by page, and default last", async () => {
    const made = [await makeWorkspace(), await makeWorkspace(), await makeWorkspace()].map(({ workspace }) => workspace);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body }: { body: Listed } = await call<Listed>("GET", `/v1/workspaces?limit=2${query}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...body.data.map(({ workspace }) => workspace));
      cursor = body.next_cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made));
    expect(seen.at(-1)).toBe("default");
    expect(seen.filter((name) => name === "default")).toHaveLength(1);
  });

  test("one is read by its name; default is always there, others are not", async () => {
    const { workspace } = await makeWorkspace();
    expect((await call("GET", `/v1/workspaces/${workspace}`)).body).toMatchObject({ workspace, title: workspace });
    expect((await call("GET", "/v1/workspaces/default")).body).toEqual({
      workspace: "default",
      title: "default",
      created_at: null,
      created_by: null,
    });
    expect((await call("GET", "/v1/workspaces/nobody")).status).toBe(404);
  });
});
