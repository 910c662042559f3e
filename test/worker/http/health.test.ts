import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CircuitReport, FAULTS_THAT_OPEN } from "../../../src/circuits/circuit.ts";
import { checkDatabase } from "../../../src/db/check-database.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { createApp } from "../../../src/http/app.ts";
import { Health } from "../../../src/http/health.ts";
import type { ProblemBody } from "../../support/api-client.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";

const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
/** An app asks afresh; its clock is the test's. */
const ask = async (app: ReturnType<typeof createApp>, bindings: object = env) => {
  const response = await app.request("/health", {}, bindings, context as unknown as ExecutionContext);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Health & Omit<ProblemBody, "status">,
  };
};
const fresh = (bindings: object = env) => ask(createApp(), bindings);
const away = {
  prepare: () => {
    throw new Error("D1 is away");
  },
};

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

describe("GET /health", () => {
  test("answers without a key, part by part, by its own schema, and names no model, endpoint or workspace", async () => {
    const { status, body } = await fresh();
    expect(status).toBe(200);
    expect(Health.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      simulated: true,
      database: { status: "ok" },
    });
    expect(body.queues.delegations.backlog).toBeGreaterThanOrEqual(0);
    expect(body.vendors.map(({ provider }) => provider)).toEqual(["claude", "gemini", "codex", "copilot", "compatible"]);
    expect(JSON.stringify(body)).not.toMatch(/gpt|gemini-|opus|default|http/);
  });

  test("a vendor's open circuit is told, and degrades the whole", async () => {
    const circuit = env.CIRCUITS.getByName("claude//claude-opus-5-5");
    const fault: CircuitReport = {
      started_at: Date.now(),
      kind: "failed",
      code: "provider_upstream",
      retryAfterMs: undefined,
      repeated: false,
    };
    for (let index = 0; index < FAULTS_THAT_OPEN; index += 1) await circuit.report(fault);
    const { status, body } = await fresh();
    expect([status, body.status]).toEqual([200, "degraded"]);
    expect(body.vendors[0]).toMatchObject({
      provider: "claude",
      status: "degraded",
      open_circuits: 1,
      last_fault: { code: "provider_upstream" },
    });
  });

  test("asks nobody again for five seconds, however many ask", async () => {
    let now = Date.now();
    const app = createApp(() => now);
    const { body: first } = await ask(app);
    const many = await Promise.all(Array.from({ length: 20 }, () => ask(app, { ...env, DB: away })));
    expect(new Set(many.map(({ body }) => body.checked_at))).toEqual(new Set([first.checked_at]));
    now += 5_000;
    expect((await ask(app)).body.checked_at).not.toBe(first.checked_at);
  });

  test("is 503 naming the part when the database does not answer, and asks again at once", async () => {
    const app = createApp();
    const { status, headers, body } = await ask(app, { ...env, DB: away });
    expect([status, body.code, headers.get("retry-after")]).toEqual([503, "unavailable", "5"]);
    expect(body.errors).toEqual([{ path: "database", message: "does not answer" }]);
    expect((await ask(app)).status).toBe(200);
  });

  test("is 503 while the database lacks a migration that this code was written for", async () => {
    const newest = await env.DB.prepare("select name from d1_migrations order by name desc limit 1").first<string>("name");
    const rename = (from: string | null, to: string | null) =>
      env.DB.prepare("update d1_migrations set name = ?2 where name = ?1").bind(from, to).run();
    await rename(newest, "not-yet");
    const { status, body } = await fresh();
    await rename("not-yet", newest);
    expect([status, body.errors]).toEqual([503, [{ path: "database", message: "lacks migrations that this version needs" }]]);
  });

  test("is 503 without an owner key", async () => {
    const { status, body } = await fresh({ ...env, DEPUTE_ADMIN_KEY: undefined });
    expect([status, body.errors?.[0]?.path]).toEqual([503, "settings"]);
  });

  test("queues that do not answer are unknown, and work is taken", async () => {
    const { status, body } = await fresh({ ...env, DELEGATION_QUEUE: undefined });
    expect([status, body.queues.delegations.status]).toEqual([200, "unknown"]);
  });
});

describe("checkDatabase", () => {
  test("tells since when the sweep should have rung for a delivery", async () => {
    const insert = env.DB.prepare(
      `insert into webhook_deliveries (workspace, delivery_id, message_id, url, type, payload, status, created_at, next_attempt_at, attempts, log)
       values ('health', ?1, 'm', 'https://x.example', 't', '{}', ?2, 0, ?3, 0, '[]')`,
    );
    // Before the epoch nothing else is due.
    await env.DB.batch([insert.bind("waits", "pending", -2_000), insert.bind("to-delete", "delivered", -3_000)]);
    const { overdueSince } = await checkDatabase(createDatabase(env.DB), -1_000);
    const before = await checkDatabase(createDatabase(env.DB), -2_500);
    await env.DB.prepare("delete from webhook_deliveries where workspace = 'health'").run();
    expect([overdueSince, before.overdueSince]).toEqual([-2_000, null]);
  });
});

describe("a database without migrations", () => {
  const missing = {
    prepare: () => ({
      bind: () => {
        throw new Error("D1_ERROR: no such table: delegations: SQLITE_ERROR");
      },
    }),
  };

  test("answers requests with 503 and when to try again", async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const bindings = { DB: missing, DEPUTE_ADMIN_KEY: ADMIN_KEY };
    const response = await createApp().request("/v1/delegations", { headers }, bindings);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await response.json()).toMatchObject({ code: "unavailable", detail: expect.stringContaining("lacks migrations") });
  });

  test("is told by /health as well", async () => {
    expect((await fresh({ ...env, DB: missing })).body.errors?.[0]?.message).toBe("lacks migrations that this version needs");
  });
});
