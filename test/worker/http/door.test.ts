import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { newKey } from "../../../src/keys/key-format.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import { makeKey } from "../../support/team.ts";

type Init = { method?: string; headers?: { [name: string]: string }; key?: string | null; body?: string };

/** An app with settings of its own and a clock of the test's; `ask` answers when all that follows is done, too. */
function deployment(settings: { [name: string]: string } = {}) {
  const time = { now: Date.now() };
  const app = createApp(() => time.now);
  const bindings = { ...env, ...settings };
  const ask = async (path: string, { key = ADMIN_KEY, headers = {}, ...init }: Init = {}) => {
    const context = createExecutionContext();
    const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
    const request = new Request(`https://depute.test${path}`, { ...init, headers: { ...authorization, ...headers } });
    const response = await app.request(request, {}, bindings, context);
    await waitOnExecutionContext(context);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text && JSON.parse(text)) as ProblemBody };
  };
  return { time, ask };
}

const MODELS = "/v1/models";
const from = (address: string) => ({ "cf-connecting-ip": address });

describe("the rate limit of a key", () => {
  const LIMIT = { RATE_LIMIT_PER_MINUTE: "12" };
  // The clock stands still: what a key may comes back with time.
  beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(Date.now()));
  afterEach(() => void vi.restoreAllMocks());

  test("is told with every answer that needs a key, refusals too, in the fields of the IETF draft", async () => {
    const { key } = await makeKey({});
    const { ask } = deployment(LIMIT);
    const first = await ask(MODELS, { key });
    expect(first.headers.get("ratelimit-policy")).toBe('"key";q=12;w=60');
    expect(first.headers.get("ratelimit")).toBe('"key";r=11;t=5');
    const refused = await ask("/v1/keys", { key });
    expect([refused.status, refused.headers.get("ratelimit")]).toEqual([403, '"key";r=10;t=10']);
    const unknown = await ask("/v1/delegations/nothing", { key });
    expect([unknown.status, unknown.headers.get("ratelimit")]).toEqual([404, '"key";r=9;t=15']);
    expect((await ask("/health", { key })).headers.get("ratelimit")).toBeNull();
  });

  test("over it requests are 429 and say when to come back; then they are let through", async () => {
    const { key } = await makeKey({});
    const { ask, time } = deployment(LIMIT);
    for (let index = 0; index < 12; index += 1) expect((await ask(MODELS, { key })).status).toBe(200);
    const refused = await ask(MODELS, { key });
    expect([refused.status, refused.body.code]).toEqual([429, "rate_limited"]);
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(5);
    expect(refused.headers.get("ratelimit")).toBe(`"key";r=0;t=${seconds}`);
    expect((await ask(MODELS)).status).toBe(200);
    time.now += 60_000;
    vi.spyOn(Date, "now").mockReturnValue(time.now);
    expect((await ask(MODELS, { key })).status).toBe(200);
  });

  test("a refused request does nothing", async () => {
    const { key } = await makeKey({ scopes: ["delegate"] });
    const { ask } = deployment({ RATE_LIMIT_PER_MINUTE: "1" });
    const post = (task_id: string) => {
      const body = JSON.stringify({ prompt: "x", approval: "manual", task_id });
      return ask("/v1/delegations", { key, method: "POST", headers: { "content-type": "application/json" }, body });
    };
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    expect([(await post(one)).status, (await post(two)).status]).toEqual([202, 429]);
    expect((await call("GET", `/v1/delegations/${two}`)).status).toBe(404);
  });

  test("with 0 there is none, and nothing is told", async () => {
    const { ask } = deployment({ RATE_LIMIT_PER_MINUTE: "0" });
    expect((await ask(MODELS)).headers.get("ratelimit-policy")).toBeNull();
  });
});

describe("requests without a valid key", () => {
  test("over 300 from one address are 429, and the database is not asked for them; keys that are known still work", async () => {
    const { key } = await makeKey({});
    const { ask, time } = deployment();
    const headers = from("192.0.2.7");
    expect((await ask(MODELS, { key, headers })).status).toBe(200);
    for (let index = 0; index < 300; index += 1) expect((await ask(MODELS, { key: "wrong", headers })).status).toBe(401);
    const prepare = vi.spyOn(env.DB, "prepare");
    const refused = await ask(MODELS, { key: newKey(), headers });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(prepare).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    expect((await ask(MODELS, { key: null, headers })).status).toBe(429);
    expect((await ask(MODELS, { key, headers })).status).toBe(200);
    expect((await ask(MODELS, { key: newKey(), headers: from("192.0.2.8") })).status).toBe(401);
    time.now += 1_000;
    expect((await ask(MODELS, { key: "wrong", headers })).status).toBe(401);
  });

  test("what a caller says of its address is not believed", async () => {
    const { ask } = deployment();
    for (let index = 0; index <= 300; index += 1) {
      const headers = { ...from("192.0.2.9"), "x-forwarded-for": `10.0.0.${index % 250}`, "x-real-ip": `10.1.0.${index % 250}` };
      expect((await ask(MODELS, { key: null, headers })).status).toBe(index < 300 ? 401 : 429);
    }
  });
});

describe("headers for browsers", () => {
  test.each(["/health", MODELS, "/nowhere", "/v1/delegations/none"])(
    "%s is no page, is not kept and not framed",
    async (path) => {
      const { headers } = await deployment().ask(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  test("without https there is no word of it, whatever a header says", async () => {
    const response = await createApp().request("http://depute.test/health", { headers: { "x-forwarded-proto": "https" } }, env);
    expect(response.headers.get("strict-transport-security")).toBeNull();
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });
});

type Told = { responses: { [status: string]: { headers?: object } } };

describe("CORS_ORIGINS", () => {
  const ORIGIN = "https://app.example.com";
  const { ask } = deployment({ CORS_ORIGINS: `${ORIGIN}, http://localhost:3000` });
  const preflight = { method: "OPTIONS", key: null };
  const asks = { "access-control-request-method": "POST", "access-control-request-headers": "authorization" };

  test("a preflight of such an origin needs no key and names what may be sent", async () => {
    const { status, headers } = await ask("/v1/delegations", { ...preflight, headers: { origin: ORIGIN, ...asks } });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([204, ORIGIN]);
    expect(headers.get("access-control-allow-methods")).toBe("GET,POST,PUT,DELETE");
    expect(headers.get("access-control-allow-headers")).toContain("Authorization");
    expect(headers.get("access-control-allow-headers")).toContain("Mcp-Protocol-Version");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(headers.get("vary")).toContain("Origin");
  });

  test("answers to it may be read, refusals too, with the headers that clients need", async () => {
    for (const [path, key, wanted] of [
      [MODELS, ADMIN_KEY, 200],
      [MODELS, null, 401],
      ["/nowhere", null, 404],
    ] as const) {
      const { status, headers } = await ask(path, { key, headers: { origin: "http://localhost:3000" } });
      expect([status, headers.get("access-control-allow-origin")]).toEqual([wanted, "http://localhost:3000"]);
      expect(headers.get("access-control-expose-headers")).toContain("Retry-After");
    }
  });

  test("every header that the document tells of may be read", async () => {
    const { headers, body } = await ask("/openapi.json", { headers: { origin: ORIGIN } });
    const { paths } = body as unknown as { paths: { [path: string]: { [method: string]: Told } } };
    const answers = Object.values(paths).flatMap((path) =>
      Object.values(path).flatMap(({ responses }) => Object.values(responses)),
    );
    const names = new Set(answers.flatMap((answer) => Object.keys(answer.headers ?? {})));
    const exposed = headers.get("access-control-expose-headers")?.split(",") ?? [];
    expect([...names].filter((name) => !exposed.includes(name))).toEqual([]);
    expect([...names]).toContain("Depute-Next-Cursor");
  });

  test.each(["https://evil.example.com", "https://app.example.com.evil.com", "http://app.example.com", "null", ""])(
    "%j is not among them",
    async (origin) => {
      const answers = [
        await ask(MODELS, { headers: { origin } }),
        await ask("/v1/delegations", { ...preflight, headers: { origin, ...asks } }),
      ];
      for (const { headers } of answers) expect(headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  test("absent there are none: a preflight finds nothing", async () => {
    const answer = await deployment().ask("/v1/delegations", { ...preflight, headers: { origin: ORIGIN, ...asks } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([404, null]);
  });

  test.each(["*", "app.example.com", "https://app.example.com/", "https://app.example.com/path"])(
    "%j is no origin: the deployment says which setting is wrong",
    async (origins) => {
      const { status, body } = await deployment({ CORS_ORIGINS: origins }).ask(MODELS);
      expect([status, body.detail]).toEqual([503, expect.stringContaining("CORS_ORIGINS")]);
    },
  );
});
