import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { call, type ProblemBody, send } from "../../support/api-client.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

const HEADERS = { accept: "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25" };

type Message = { result?: { [name: string]: unknown }; error?: { code: number; message: string } };
type ToolResult = { isError?: boolean; content: { text: string }[]; _meta?: { "depute/problem": { code: string } } };

const post = (method: string, params: object, key: string | null, headers: { [name: string]: string } = {}) =>
  send("POST", "/mcp", { body: { jsonrpc: "2.0", id: 1, method, params }, key, headers: { ...HEADERS, ...headers } });

/** The one message that a request without progress is answered with. */
async function messageOf(response: Response): Promise<Message> {
  expect(response.status).toBe(200);
  const data = (await response.text()).split("\n").find((line) => line.startsWith("data: {"));
  return JSON.parse((data ?? "").slice("data: ".length)) as Message;
}

async function tool(name: string, given: object, key: string): Promise<ToolResult> {
  const { result } = await messageOf(await post("tools/call", { name, arguments: given }, key));
  return result as ToolResult;
}

const keys = { admin: "", stranger: "", revoked: "", expired: "", reader: "", delegator: "" };

beforeAll(async () => {
  keys.admin = (await makeWorkspace()).key.key;
  keys.stranger = (await makeWorkspace()).key.key;
  const made = (scopes: string[], fields: object = {}) => makeKey({ scopes, ...fields }, keys.admin);
  const [revoked, expired] = [await made(["read"]), await made(["read"], { expires_in: 60 })];
  [keys.revoked, keys.expired] = [revoked.key, expired.key];
  [keys.reader, keys.delegator] = [(await made(["read"])).key, (await made(["delegate"])).key];
  await call("DELETE", `/v1/keys/${revoked.id}`, { key: keys.admin });
  await env.DB.prepare("update keys set expires_at = 1 where key_id = ?").bind(expired.id).run();
});

describe("/mcp", () => {
  test.each([
    ["without a key", () => null],
    ["with a key that nobody has", () => "not-a-key-of-anyone"],
    ["with a revoked key", () => keys.revoked],
    ["with an expired key", () => keys.expired],
  ])("%s, whatever is asked is 401 with a challenge, as everywhere", async (_how, keyOf) => {
    for (const method of ["initialize", "tools/list", "tools/call"]) {
      const response = await post(method, {}, keyOf());
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="depute"');
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect((await response.json()) as ProblemBody).toMatchObject({ code: "unauthorized" });
    }
  });

  test("a key of any scope lists the tools; what a tool needs, the API asks for", async () => {
    for (const key of [keys.reader, keys.delegator]) {
      const { result } = await messageOf(await post("tools/list", {}, key));
      expect(result?.tools).toHaveLength(11);
    }
    const refused = await tool("delegate", { prompt: "p", provider: "claude" }, keys.reader);
    expect(refused).toMatchObject({ isError: true, _meta: { "depute/problem": { code: "forbidden" } } });
    expect(refused.content[0]?.text).toMatch(/^forbidden: .*scope delegate/);
    expect((await tool("list_delegations", {}, keys.delegator))._meta).toMatchObject({ "depute/problem": { code: "forbidden" } });
  });

  test("another workspace's task is unknown, to its tools and as a resource", async () => {
    const task_id = `mcp-${crypto.randomUUID()}`;
    const accepted = await tool("delegate", { prompt: "whose is it?", provider: "claude", task_id }, keys.admin);
    expect(accepted.isError).toBeUndefined();
    for (const name of ["get_delegation", "wait_for_delegation", "cancel_delegation"]) {
      const result = await tool(name, { task_id }, keys.stranger);
      expect(result).toMatchObject({ isError: true, _meta: { "depute/problem": { code: "not_found" } } });
    }
    expect((await tool("list_delegations", {}, keys.stranger)).content[0]?.text).toBe("No delegation fits.");
    const uri = `depute://delegations/${task_id}/output`;
    const { error } = await messageOf(await post("resources/read", { uri }, keys.stranger));
    expect(error).toMatchObject({ code: -32602 });
    expect(await tool("get_delegation", { task_id }, keys.admin)).toMatchObject({ structuredContent: { task_id } });
  });

  test("a page of another origin is refused, before its key is looked at; a client that is no page is not", async () => {
    for (const key of [null, keys.admin]) {
      const response = await post("tools/list", {}, key, { origin: "https://evil.example" });
      expect(response.status).toBe(403);
      expect((await response.json()) as ProblemBody).toMatchObject({ code: "forbidden" });
    }
    expect((await post("tools/list", {}, keys.admin, { origin: "https://depute.test" })).status).toBe(200);
  });

  test("carries the request's id, what is left of the key's limit, and the headers of every answer", async () => {
    const { headers } = await post("tools/list", {}, keys.admin, { "x-request-id": "mine-1" });
    expect(headers.get("x-request-id")).toBe("mine-1");
    expect(headers.get("ratelimit")).toMatch(/^"key";r=\d+;t=\d+$/);
    expect(headers.get("ratelimit-policy")).toMatch(/^"key";q=\d+;w=60$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toMatch(/no-(?:store|cache)/);
  });

  test("a refusal tells the same code, text and fields as over HTTP", async () => {
    const body = { prompt: " ", max_attempts: 0, nonsense: true };
    const http = await call<ProblemBody>("POST", "/v1/delegations", { body, key: keys.admin });
    const result = await tool("delegate", body, keys.admin);
    const { code, detail, errors, status } = http.body;
    expect(result._meta).toMatchObject({ "depute/problem": { code, detail, errors, status } });
    for (const { path, message } of errors ?? []) expect(result.content[0]?.text).toContain(`- ${path}: ${message}`);
  });

  test("keeps no session: GET and DELETE are 405", async () => {
    for (const method of ["GET", "DELETE"]) {
      expect((await send(method, "/mcp", { key: keys.admin, headers: HEADERS })).status).toBe(405);
    }
  });

  test("bad requests are refused as such, never as a fault of ours", async () => {
    const bad = (body: string | object, headers: object = {}) =>
      send("POST", "/mcp", { body, key: keys.admin, headers: { ...HEADERS, ...headers } });
    expect((await bad("{")).status).toBe(400);
    expect((await bad("[")).status).toBe(400);
    expect((await bad("")).status).toBe(400);
    expect((await bad({ jsonrpc: "1.0" })).status).toBe(400);
    expect((await bad({ jsonrpc: "2.0", id: 1, method: "tools/list" }, { "content-type": "text/plain" })).status).toBe(415);
    expect((await bad({ jsonrpc: "2.0", id: 1, method: "tools/list", x: "x".repeat(8_000_000) })).status).toBe(413);
    expect((await bad({ jsonrpc: "2.0", id: 1, method: "tools/list" }, { accept: "text/html" })).status).toBe(406);
    expect((await messageOf(await post("nonsense", {}, keys.admin))).error).toMatchObject({ code: -32601 });
    expect((await messageOf(await post("tools/call", { name: "nonsense" }, keys.admin))).error).toMatchObject({ code: -32602 });
    expect((await messageOf(await post("resources/read", { uri: "file:///etc/passwd" }, keys.admin))).error).toMatchObject({
      code: -32602,
    });
    expect((await messageOf(await post("resources/list", { cursor: "none" }, keys.admin))).error).toMatchObject({ code: -32602 });
  });

  test.each(["\ud800", ".", "..", ""])("the id %j, which no address can hold, is refused as no id", async (task_id) => {
    for (const name of ["get_delegation", "cancel_delegation", "wait_for_delegation"]) {
      const result = await tool(name, { task_id }, keys.admin);
      expect(result._meta).toMatchObject({ "depute/problem": { code: "invalid_request", errors: [{ path: "task_id" }] } });
    }
    const { error } = await messageOf(
      await post("resources/read", { uri: `depute://delegations/${task_id}/output` }, keys.admin),
    );
    expect(error).toMatchObject({ code: -32602 });
  });

  test("several messages at once are few: they count as one request", async () => {
    const pings = (count: number) => Array.from({ length: count }, (_, id) => ({ jsonrpc: "2.0", id, method: "ping" }));
    const sent = (body: object) => send("POST", "/mcp", { body, key: keys.admin, headers: HEADERS });
    const answers = (await (await sent(pings(20))).text()).match(/^data: /gm);
    expect(answers).toHaveLength(20);
    const refused = await sent(pings(21));
    expect(refused.status).toBe(400);
    expect((await refused.json()) as ProblemBody).toMatchObject({ code: "invalid_request" });
  });

  test.each([301, -1, 1.5, "50"])("wait: %j is refused, and names the field", async (wait) => {
    const result = await tool("wait_for_delegation", { task_id: "any", wait }, keys.admin);
    expect(result._meta).toMatchObject({ "depute/problem": { code: "invalid_request", errors: [{ path: "wait" }] } });
  });
});
