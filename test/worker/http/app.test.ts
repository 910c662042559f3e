import { describe, expect, test, vi } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { call, type ProblemBody, send } from "../../support/api-client.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";

const LIST = "/v1/delegations";
const problem = (method: string, path: string, init = {}) => call<ProblemBody>(method, path, init);

describe("authentication", () => {
  test.each<[string, { [name: string]: string }]>([
    ["no header", {}],
    ["another key", { authorization: `Bearer ${ADMIN_KEY}x` }],
    ["a beginning of the key", { authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` }],
    ["an empty key", { authorization: "Bearer " }],
    ["another scheme", { authorization: `Basic ${ADMIN_KEY}` }],
    ["the bare key", { authorization: ADMIN_KEY }],
    ["two keys", { authorization: `Bearer ${ADMIN_KEY} ${ADMIN_KEY}` }],
  ])("%s is 401 and says how to send one", async (_name, headers) => {
    const answer = await problem("GET", LIST, { key: null, headers });
    expect([answer.status, answer.body.code]).toEqual([401, "unauthorized"]);
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(answer.body.detail).not.toContain(ADMIN_KEY);
  });

  test("the scheme may be written in any case", async () => {
    expect((await call("GET", LIST, { key: null, headers: { authorization: `bearer ${ADMIN_KEY}` } })).status).toBe(200);
  });

  test("a deployment without an owner key is 503 and says which secret to set", async () => {
    const response = await createApp().request(LIST, {}, {});
    expect(response.status).toBe(503);
    expect(((await response.json()) as ProblemBody).detail).toContain("DEPUTE_ADMIN_KEY");
  });

  test("a deployment with a wrong setting is 503, names the setting and not its value", async () => {
    const response = await createApp().request(LIST, {}, { DEPUTE_ADMIN_KEY: "too-short" });
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(text).toContain("DEPUTE_ADMIN_KEY");
    expect(text).not.toContain("too-short");
  });

  test("the body of a stranger is not read", async () => {
    const answer = await problem("POST", LIST, { key: null, body: "{not json" });
    expect(answer.status).toBe(401);
  });
});

describe("X-Request-Id", () => {
  test("a sane one comes back, on successes and on problems", async () => {
    const headers = { "X-Request-Id": "trace-42" };
    expect((await call("GET", "/health", { headers })).headers.get("x-request-id")).toBe("trace-42");
    const refused = await call("GET", "/nowhere", { headers });
    expect([refused.headers.get("x-request-id"), refused.body.request_id]).toEqual(["trace-42", "trace-42"]);
  });

  test.each(["x".repeat(129), "a b", 'x"y', "<script>"])("%j is replaced by a new one", async (id) => {
    const answer = await call("GET", "/health", { headers: { "X-Request-Id": id } });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("the line of a request", () => {
  const linesOf = async (setting: string, path: string, init: RequestInit = {}) => {
    const written = vi.spyOn(console, "info").mockImplementation(() => undefined);
    await createApp().request(path, init, { DEPUTE_ADMIN_KEY: ADMIN_KEY, LOG_LEVEL: setting });
    const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)));
    written.mockRestore();
    return lines;
  };
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "X-Request-Id": "trace-7" };

  test("says who asked what, and how it was answered", async () => {
    expect(await linesOf("info", "/v1/models?x=secret", { headers })).toEqual([
      {
        level: "info",
        message: "a request was answered",
        "http.request.method": "GET",
        "http.route": "/v1/models",
        "http.response.status_code": 400,
        "error.type": "invalid_request",
        "depute.workspace": "default",
        "depute.key_id": "owner",
        duration_ms: expect.any(Number),
        request_id: "trace-7",
      },
    ]);
  });

  test("names no caller that is not known, and no path", async () => {
    const [refused] = await linesOf("info", "/v1/delegations/secret", { headers: { authorization: "Bearer secret" } });
    expect(refused).toMatchObject({ "http.route": "/v1/delegations/{task_id}", "error.type": "unauthorized" });
    const [unknown] = await linesOf("info", "/secret", { headers });
    expect(unknown).toMatchObject({ "http.response.status_code": 404, "error.type": "404" });
    for (const line of [refused, unknown]) expect(JSON.stringify(line)).not.toMatch(/secret|depute\./);
  });

  test("is not written with LOG_LEVEL=warn, and is while the settings are not valid", async () => {
    expect(await linesOf("warn", "/v1/models", { headers })).toEqual([]);
    expect(await linesOf("loud", "/v1/models", { headers })).toEqual([
      expect.objectContaining({ "http.response.status_code": 503, "error.type": "unavailable" }),
    ]);
  });
});

describe("unknown paths and methods", () => {
  test("a path that is not there is 404", async () => {
    const answer = await problem("GET", "/v1/nothing");
    expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
    expect(answer.headers.get("allow")).toBeNull();
  });

  test("a method that a path does not take is 404 with those it takes in Allow", async () => {
    const answer = await problem("PUT", "/v1/delegations/some-id");
    expect([answer.status, answer.headers.get("allow")]).toEqual([404, "GET, DELETE"]);
    expect(answer.body.detail).toContain("GET, DELETE");
  });

  test.each([
    ["/v1/models?x=1", "x"],
    ["/v1/delegations/some-id?wait=5&waits=5", "waits"],
    ["/v1/delegations?limit=5&limit=6", "limit"],
  ])("%s is 400 and names the parameter", async (path, name) => {
    const answer = await problem("GET", path);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, name]);
  });
});

describe("request bodies", () => {
  const BODIES: [string, unknown, { [name: string]: string }, number, string][] = [
    ["no JSON", "{", {}, 400, "not valid JSON"],
    ["no body", undefined, {}, 400, "there is none"],
    ["a list", "[]", {}, 400, "expected object"],
    ["null", "null", {}, 400, "expected object"],
    ["a form", "prompt=x", { "content-type": "application/x-www-form-urlencoded" }, 400, "application/json"],
    ["text that looks like JSON", '{"prompt":"x"}', { "content-type": "text/plain" }, 400, "application/json"],
    ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), {}, 400, "UTF-8"],
    ["nesting without end", `{"properties":{"a":${"[".repeat(70)}${"]".repeat(70)}}}`, {}, 400, "nested"],
    ["a million brackets", "[".repeat(1_000_000), {}, 400, "not valid JSON"],
    ["a key that sets prototypes", '{"prompt":"x","properties":{"__proto__":1}}', {}, 400, "__proto__"],
    ["half a character", '{"prompt":"\\ud800"}', {}, 400, "surrogate"],
    ["half a character in a key", '{"prompt":"x","properties":{"\\udfff":1}}', {}, 400, "surrogate"],
    ["8 MB and one byte", new Uint8Array(8_000_001).fill(0x20), {}, 413, "8,000,000 bytes"],
  ];

  test.each(BODIES)("%s is refused", async (_name, body, headers, status, words) => {
    const answer = await problem("POST", LIST, { body, headers });
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(words);
  });

  test("bytes are counted when no length is given, and reading stops at the limit", async () => {
    let sent = 0;
    const long = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 100_000;
        controller.enqueue(new Uint8Array(100_000).fill(0x20));
        if (sent === 50_000_000) controller.close();
      },
    });
    const answer = await problem("POST", LIST, { body: long });
    expect([answer.status, answer.body.code]).toEqual([413, "payload_too_large"]);
    expect(sent).toBeLessThan(20_000_000);
  });

  test("JSON under another JSON media type is read", async () => {
    const answer = await problem("POST", LIST, {
      body: "{}",
      headers: { "content-type": "application/vnd.depute+json; charset=utf-8" },
    });
    expect(answer.body.errors?.[0]?.path).toBe("prompt");
  });

  test("an operation without a body takes none but {}", async () => {
    const refused = await problem("POST", "/v1/delegations/some-id/cancel", { body: { reason: "late" } });
    expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([400, "reason"]);
    expect((await call("POST", "/v1/delegations/some-id/cancel", { body: {} })).status).toBe(404);
    expect((await call("POST", "/v1/delegations/some-id/cancel")).status).toBe(404);
  });

  test("thousands of unknown fields are refused by naming some", async () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1]));
    expect((await problem("POST", LIST, { body })).body.errors).toHaveLength(50);
  });
});

describe("faults of our own", () => {
  test("are `internal` and nothing else, and logged under the request id without their bound values", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const DB = {
      prepare: () => ({
        bind: () => {
          throw new Error("secret table\nparams: a prompt");
        },
      }),
    };
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, "X-Request-Id": "fault-1" };
    const response = await createApp().request(LIST, { headers }, { DB, DEPUTE_ADMIN_KEY: ADMIN_KEY });
    const body = (await response.json()) as ProblemBody;
    const lines = logged.mock.calls.flat().join("\n");
    logged.mockRestore();
    expect([response.status, body.code]).toEqual([500, "internal"]);
    expect(body.detail).toBe("Something failed on our side. The request id finds it in our log.");
    expect(JSON.stringify(body)).not.toMatch(/secret|select/i);
    expect(lines).toContain("fault-1");
    expect(lines).not.toContain("a prompt");
  });
});

describe("HEAD", () => {
  test("answers as GET does, without the body", async () => {
    const response = await send("HEAD", "/health", { key: null });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});
