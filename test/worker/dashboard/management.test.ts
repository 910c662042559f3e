import { beforeEach, describe, expect, test } from "vitest";
import { PAGES } from "../../../src/dashboard/pages.ts";
import { call } from "../../support/api-client.ts";
import { hiddenFields, signedIn, type Visitor } from "../../support/dashboard.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

const FOUND = 303;
const secretIn = (page: string): string => /<code id="secret">([^<]+)<\/code>/.exec(page)?.[1] ?? "";

let owner: string;
let visitor: Visitor;

beforeEach(async () => {
  const { key } = await makeWorkspace();
  owner = key.key;
  visitor = await signedIn(owner);
});

/** What the API says of the team's things to the one who manages them. */
const told = async <T>(path: string, key = owner): Promise<T> => (await call<T>("GET", path, { key })).body;

describe("the page of keys", () => {
  const made = { name: "ci <b>", scopes: "delegate", default_agent: "coder", expires_in_days: "30" };

  test("makes a key, shows it this once, and it works", async () => {
    const page = await visitor.submit("/keys", "/keys", made);
    const key = secretIn(page.text);
    expect(await told("/v1/whoami", key)).toMatchObject({ key: "ci <b>", scopes: ["delegate"], default_agent: "coder" });
    const list = await visitor.get("/keys");
    expect(list.text).toContain("ci &lt;b&gt;");
    expect(list.text).not.toContain(key);
  });

  test("shows a refusal in the API's words, and what was typed is still there", async () => {
    const page = await visitor.submit("/keys", "/keys", { name: "left", scopes: "none of these", expires_in_days: "" });
    expect(page.status).toBe(400);
    expect(page.text).toContain("scopes");
    expect(page.text).toContain('value="left"');
  });

  test("rotates a key: both work, the new one takes its place", async () => {
    const old = await makeKey({ name: "night shift" }, owner);
    const page = await visitor.submit("/keys", `/keys/${old.id}/rotate`);
    const answers = await Promise.all([secretIn(page.text), old.key].map((key) => told<{ key: string }>("/v1/whoami", key)));
    expect(answers.map(({ key }) => key)).toEqual(["night shift", "night shift"]);
    expect((await visitor.get("/keys")).text).toContain("replaced");
  });

  test("revokes a key for good", async () => {
    const { id } = await makeKey({}, owner);
    expect((await visitor.submit("/keys", `/keys/${id}/revoke`)).status).toBe(FOUND);
    expect(await told(`/v1/keys/${id}`)).toMatchObject({ revoked_at: expect.any(String) });
  });
});

describe("the page of agents", () => {
  const path = "/agents/security-reviewer";

  test("makes an agent once, changes it and keeps what the form does not show", async () => {
    const settings = { model: "claude-haiku", fallbacks: "auto", temperature: 0.2 };
    await call("PUT", `/v1${path}`, { key: owner, body: settings });
    const again = await visitor.submit("/agents", "/agents", { name: "security-reviewer", model: "claude-opus" });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining("There is an agent security-reviewer already")]);
    const changed = { model: "claude-sonnet", system: "Find holes.", temperature: "" };
    expect((await visitor.submit("/agents?change=security-reviewer", path, changed)).status).toBe(FOUND);
    const { settings: saved } = await told<{ settings: object }>(`/v1${path}`);
    expect(saved).toEqual({ model: "claude-sonnet", system: "Find holes.", fallbacks: "auto" });
  });

  test("shows the form of the same agent again when a change is refused", async () => {
    await call("PUT", `/v1${path}`, { key: owner, body: { model: "claude-haiku" } });
    const page = await visitor.submit("/agents?change=security-reviewer", path, { temperature: "warm" });
    expect(page.status).toBe(400);
    expect(page.text).toContain("Change security-reviewer");
    expect(page.text).toContain('value="warm"');
  });

  test("restores a built-in agent that was changed", async () => {
    await call("PUT", "/v1/agents/coder", { key: owner, body: { model: "claude-haiku" } });
    expect((await visitor.submit("/agents", "/agents/coder/delete")).status).toBe(FOUND);
    expect(await told("/v1/agents/coder")).toMatchObject({ built_in: true, changed: false });
  });
});

describe("the page of budgets", () => {
  const asked = { name: "coder-day", scope: "agent", subject: "coder", period: "day", limit: "0.25", warn_at: "50" };

  test("sets, changes and deletes a budget", async () => {
    expect((await visitor.submit("/budgets", "/budgets", asked)).status).toBe(FOUND);
    const saved = { scope: "agent", subject: "coder", period: "day", limit_nanos: 250_000_000, warn_at: [0.5] };
    expect(await told("/v1/budgets/coder-day")).toMatchObject(saved);
    const form = await visitor.get("/budgets?change=coder-day");
    expect(form.text).toContain('value="0.25"');
    await visitor.submit("/budgets", "/budgets", { ...asked, limit: "1", allow_unpriced: "on" });
    expect(await told("/v1/budgets/coder-day")).toMatchObject({ limit_nanos: 1_000_000_000, allow_unpriced: true });
    expect((await visitor.submit("/budgets", "/budgets/coder-day/delete")).status).toBe(FOUND);
    expect(await told("/v1/budgets")).toMatchObject({ data: [] });
  });

  test("says which field is wrong, and saves nothing", async () => {
    const page = await visitor.submit("/budgets", "/budgets", { ...asked, limit: "plenty" });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining("limit")]);
    expect(await told("/v1/budgets")).toMatchObject({ data: [] });
  });
});

describe("the pages of webhooks", () => {
  const asked = { url: "https://example.com/hooks", events: "delegation.failed", description: "pager" };
  const made = async (): Promise<string> => {
    const page = await visitor.submit("/webhooks", "/webhooks", asked);
    expect(secretIn(page.text)).toMatch(/^whsec_/);
    return /href="(\/webhooks\/[^"]+)"/.exec(page.text)?.[1] ?? "";
  };

  test("add an endpoint, whose secret is shown this once", async () => {
    const path = await made();
    expect(await told(`/v1${path}`)).toMatchObject({ url: asked.url, events: ["delegation.failed"], description: "pager" });
    const page = await visitor.get(path);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining("Nothing was sent yet")]);
    expect(page.text).not.toContain("whsec_");
  });

  test("refuse an address inside in the API's words", async () => {
    const page = await visitor.submit("/webhooks", "/webhooks", { ...asked, url: "https://169.254.169.254/latest" });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining("url")]);
  });

  test("disable, enable, rotate and delete it", async () => {
    const path = await made();
    await visitor.submit(path, `${path}/disable`);
    expect(await told(`/v1${path}`)).toMatchObject({ enabled: false, events: ["delegation.failed"] });
    await visitor.submit(path, path, { ...asked, events: "*" });
    expect(await told(`/v1${path}`)).toMatchObject({ enabled: true, events: ["*"] });
    expect(secretIn((await visitor.submit(path, `${path}/rotate`)).text)).toMatch(/^whsec_/);
    expect((await visitor.submit(path, `${path}/delete`)).headers.get("location")).toBe("/webhooks");
    expect((await visitor.get(path)).status).toBe(404);
  });

  test("send a test event, show its delivery, and send it again", async () => {
    const path = await made();
    await visitor.submit(path, `${path}/test`);
    const { data } = await told<{ data: { id: string }[] }>(`/v1${path}/deliveries`);
    const again = `${path}/deliveries/${encodeURIComponent(data[0]?.id ?? "")}`;
    expect((await visitor.submit(path, again)).status).toBe(FOUND);
    expect((await visitor.get(path)).text).toContain("webhook.test");
  });
});

describe("the page of the audit", () => {
  test("reads as sentences, narrowed by its address", async () => {
    await visitor.submit("/keys", "/keys", { name: "auditor", scopes: "read", expires_in_days: "" });
    await call("PUT", "/v1/agents/poet", { key: owner, body: { model: "claude-haiku" } });
    const page = await visitor.get("/audit?action=agent.saved");
    expect(page.text).toContain("saved the agent");
    expect(page.text).not.toContain("made the key");
    expect((await visitor.get("/audit")).text).toContain("made the key");
  });

  test("leaves a deed that there is none of to the API", async () => {
    const page = await visitor.get("/audit?action=toString");
    expect([page.status, page.text]).toEqual([400, expect.stringContaining("action")]);
  });
});

describe("whoever may not manage the team", () => {
  test.each(["/keys", "/webhooks", "/audit"])("is told so at %s", async (path) => {
    const { key } = await makeKey({ scopes: ["read"] }, owner);
    const page = await (await signedIn(key)).get(path);
    expect([page.status, page.text]).toEqual([403, expect.stringContaining("scope admin")]);
  });

  test.each(["/agents", "/budgets"])("reads %s and is offered no form there", async (path) => {
    const { key } = await makeKey({ scopes: ["read"] }, owner);
    const page = await (await signedIn(key)).get(path);
    expect(page.status).toBe(200);
    expect(page.text.replace(/<form[^>]*action="\/sign-out".*?<\/form>/s, "")).not.toContain('method="post"');
  });
});

describe("every form that changes something", () => {
  const actions = PAGES.flatMap((page) => Object.keys(page.actions ?? {}));

  test.each(actions)("is refused at %s without the token of this session", async (action) => {
    const path = action.replaceAll(/:\w+/g, "any-1");
    const stranger = await signedIn();
    const theirs = hiddenFields((await stranger.get("/keys")).text, "/keys");
    for (const fields of [{}, theirs]) {
      const page = await visitor.post(path, { ...fields, name: "x" });
      expect([action, page.status, page.text]).toEqual([action, 403, expect.stringContaining("not sent from this site")]);
    }
  });
});
