import { beforeAll, describe, expect, test } from "vitest";
import { call } from "../../support/api-client.ts";
import { hiddenFields, signedIn, type Visitor } from "../../support/dashboard.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

type Task = {
  task_id: string;
  status: string;
  prompt: string;
  parent_task_id: string | null;
  score: number | null;
  model: string;
};

const keys = { admin: "", reader: "" };
let visitor: Visitor;
beforeAll(async () => {
  keys.admin = (await makeWorkspace()).key.key;
  keys.reader = (await makeKey({ scopes: ["read"] }, keys.admin)).key;
  visitor = await signedIn(keys.admin);
}, 30_000);

const api = (method: string, path: string, body?: object) => call<Task>(method, path, { key: keys.admin, ...(body && { body }) });
const taskOf = async (id: string): Promise<Task> => (await api("GET", `/v1/delegations/${id}`)).body;
const listed = async (): Promise<Task[]> =>
  (await call<{ data: Task[] }>("GET", "/v1/delegations?limit=200", { key: keys.admin })).body.data;
const statusOf = async (id: string) => (await taskOf(id)).status;

/** A delegation of its own as the API has it. */
async function delegated(fields: object = {}): Promise<string> {
  const { body } = await api("POST", "/v1/delegations", { prompt: "Say hello", provider: "claude", ...fields });
  return body.task_id;
}
async function ended(fields: object = {}): Promise<string> {
  const id = await delegated(fields);
  await api("GET", `/v1/delegations/${id}?wait=55`);
  return id;
}

describe("GET /", () => {
  test("leads from how many run or wait to the list of just those", async () => {
    const [waiting, over] = [await delegated({ approval: "manual" }), await ended()];
    const stateOf = async (id: string) => (await listed()).find(({ task_id }) => task_id === id)?.status;
    await expect.poll(() => Promise.all([waiting, over].map(stateOf))).toEqual(["needs-approval", "completed"]);
    const { text } = await visitor.get("/");
    const [, path = ""] = /Running or waiting<[\s\S]*?href="([^"]+)"/.exec(text) ?? [];
    const list = (await visitor.get(path)).text;
    expect(list).toContain(`href="/delegations/${waiting}"`);
    expect(list).not.toContain(`href="/delegations/${over}"`);
  });
});

describe("POST /delegate", () => {
  test("delegates what the form says and shows it", async () => {
    const prompt = "First line\r\nsecond line";
    const answer = await visitor.submit("/delegate", "/delegate", {
      prompt,
      agent: "writer",
      model: "claude-haiku",
      approval: "",
    });
    const path = answer.headers.get("location") ?? "";
    expect([answer.status, path]).toEqual([303, expect.stringMatching(/^\/delegations\/task_/)]);
    const task = await taskOf(path.slice("/delegations/".length));
    expect(task).toMatchObject({ agent: "writer", requested_model: "claude-haiku", prompt: "First line\nsecond line" });
  });

  test("the same form sent twice delegates once", async () => {
    const fields = { prompt: "Once", provider: "claude", once: crypto.randomUUID(), approval: "manual" };
    const [one, two] = [
      await visitor.submit("/delegate", "/delegate", fields),
      await visitor.submit("/delegate", "/delegate", fields),
    ];
    expect(one.headers.get("location")).toBe(two.headers.get("location"));
  });

  test("what the API refuses is told on the form, which keeps what was written", async () => {
    const fields = { prompt: 'Hello <"&', model: "no-such-model", max_cost: "1" };
    const { status, text } = await visitor.submit("/delegate", "/delegate", fields);
    expect([status, text]).toEqual([400, expect.stringContaining('role="alert"')]);
    expect(text).toContain("Hello &lt;&quot;&amp;</textarea>");
    expect(text).toContain('value="no-such-model"');
  });

  test("a key that may not is told so, and its form does nothing", async () => {
    const reader = await signedIn(keys.reader);
    expect((await reader.get("/delegate")).text).toContain("scope delegate");
    const { text } = await reader.get("/delegations");
    const form_token = /action="\/sign-out".*?value="([^"]*)"/.exec(text)?.[1] ?? "";
    const before = (await listed()).length;
    expect((await reader.post("/delegate", { form_token, prompt: "x" })).status).toBe(403);
    expect((await listed()).length).toBe(before);
  });
});

describe("the forms of a delegation", () => {
  const submit = (id: string, deed: string, fields = {}) =>
    visitor.submit(`/delegations/${id}`, `/delegations/${id}/${deed}`, fields);

  test("approve one that waits", async () => {
    const id = await delegated({ approval: "manual" });
    expect((await submit(id, "approve")).headers.get("location")).toBe(`/delegations/${id}`);
    await expect.poll(() => statusOf(id)).not.toBe("needs-approval");
  });

  test("reject one that waits", async () => {
    const id = await delegated({ approval: "manual" });
    await submit(id, "reject");
    expect(await taskOf(id)).toMatchObject({ status: "cancelled", error: { code: "rejected" } });
  });

  test("cancel one that has not ended", async () => {
    const id = await delegated({ approval: "manual" });
    await submit(id, "cancel");
    expect(await statusOf(id)).toBe("cancelled");
  });

  test("run a final one again on another model, once however often the form is sent", async () => {
    const id = await ended();
    const action = `/delegations/${id}/retry`;
    const fields = {
      ...hiddenFields((await visitor.get(`/delegations/${id}`)).text, action),
      provider: "",
      model: "claude-haiku",
    };
    const [one, two] = [await visitor.post(action, fields), await visitor.post(action, fields)];
    const path = one.headers.get("location") ?? "";
    expect(await taskOf(path.slice("/delegations/".length))).toMatchObject({
      parent_task_id: id,
      requested_model: "claude-haiku",
    });
    expect([two.status, two.headers.get("location")]).toEqual([303, path]);
  });

  test("score a final one", async () => {
    const id = await ended();
    await submit(id, "score", { score: "0.75", comment: "Polite." });
    expect(await taskOf(id)).toMatchObject({ score: 0.75, score_comment: "Polite." });
    expect((await visitor.get(`/delegations/${id}`)).text).toContain("0.75: Polite.");
  });

  test("tell why a score is none", async () => {
    const id = await ended();
    const { status, text } = await submit(id, "score", { score: "7" });
    expect([status, text]).toEqual([400, expect.stringContaining("<code>score</code>")]);
  });

  test("delete its texts", async () => {
    const id = await ended();
    expect((await submit(id, "delete")).headers.get("location")).toBe("/delegations");
    expect((await api("GET", `/v1/delegations/${id}`)).status).toBe(410);
    expect((await visitor.get(`/delegations/${id}`)).status).toBe(410);
  });
});

describe("GET /delegations/:task_id", () => {
  test("of one that runs or waits says where its events are, and of a final one does not", async () => {
    const id = await delegated({ approval: "manual" });
    expect((await visitor.get(`/delegations/${id}`)).text).toMatch(
      new RegExp(`data-events="/delegations/${id}/events\\?after=\\d+"`),
    );
    await api("POST", `/v1/delegations/${id}/cancel`, {});
    expect((await visitor.get(`/delegations/${id}`)).text).not.toMatch(/data-(?:events|live|delta)/);
  });

  test("shows a hostile answer and prompt as text", async () => {
    const markup = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    const id = await ended({ prompt: `${markup}\n@simulate ${JSON.stringify({ text: markup, reasoning: markup })}` });
    const { text } = await visitor.get(`/delegations/${id}`);
    expect(text.split("&lt;script&gt;alert(1)&lt;/script&gt;").length).toBeGreaterThan(3);
    expect(text).not.toMatch(/<script>|<img/);
  });
});

describe("GET /delegations", () => {
  test("finds by words and filters, and leads on through the pages", async () => {
    const mark = `mark${crypto.randomUUID().slice(0, 8)}`;
    const ids = [await ended({ prompt: `${mark} one` }), await ended({ prompt: `${mark} two` })];
    await expect.poll(async () => (await visitor.get(`/delegations?q=${mark}`)).text).toContain(`>${ids[1]}<`);
    const found = (await visitor.get(`/delegations?q=${mark}&status=completed&sort=created_at`)).text;
    expect(ids.every((id) => found.includes(`href="/delegations/${id}"`))).toBe(true);
    expect(found).toContain(`name="q" value="${mark}"`);
    expect((await visitor.get(`/delegations?q=${mark}&status=failed`)).text).toContain("No delegation fits");
  });
});
