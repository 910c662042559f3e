import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Budget } from "../../../src/budgets/budget.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";
import { ledgerObjectOf } from "../../support/ledger-object.ts";
import { type MadeKey, makeKey, makeWorkspace } from "../../support/team.ts";

let workspace: string;
let key: string;
let keyId: string;

const send = <Body>(method: string, path: string, body?: unknown, by = key) =>
  call<Body>(method, path, { key: by, ...(body !== undefined && { body }) });
const put = (name: string, body: object) => send<Budget & ProblemBody>("PUT", `/v1/budgets/${name}`, body);
const get = (name: string) => send<Budget & ProblemBody>("GET", `/v1/budgets/${name}`);
const delegate = (body: object, by = key) => send<Delegation & Omit<ProblemBody, "status">>("POST", "/v1/delegations", body, by);
const ended = async (id: string) => (await send<Delegation>("GET", `/v1/delegations/${id}?wait=20`)).body;
const mark = () => freshId("mark");

const WIDE = { scope: "workspace", period: "month", limit: 1_000 };

beforeAll(async () => {
  const made = await makeWorkspace();
  ({ workspace } = made);
  key = made.key.key;
  keyId = made.key.id;
  // This isolate now relies on there being no budget; the first one answers when it no longer does.
  await delegate({ prompt: "before" });
  expect((await put("wide", WIDE)).status).toBe(200);
});

describe("/v1/budgets", () => {
  test("what is saved is read with its defaults and how it stands, and listed by name", async () => {
    const { status, body } = await put("agents", { scope: "agent", subject: "coder", period: "day", limit: 2.5 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ name: "agents", scope: "agent", subject: "coder", period: "day", limit: 2.5, limit_nanos: 2_500_000_000 },
      ...{ spent: 0, reserved: 0, remaining: 2.5, warn_at: [0.8, 0.95], warnings: [], allow_unpriced: false },
    });
    expect(body.period_start).toBe(`${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`);
    expect((await get("agents")).body).toEqual(body);
    const { data } = (await send<{ data: Budget[] }>("GET", "/v1/budgets")).body;
    expect(data.map(({ name }) => name)).toEqual(["agents", "wide"]);
    expect((await send("DELETE", "/v1/budgets/agents")).status).toBe(204);
    expect((await get("agents")).status).toBe(404);
    expect((await send("DELETE", "/v1/budgets/agents")).status).toBe(404);
  });

  test.each([
    [{ scope: "key", period: "day", limit: 1 }, "subject"],
    [{ scope: "workspace", subject: "coder", period: "day", limit: 1 }, "subject"],
    [{ scope: "key", subject: "key_of_nobody", period: "day", limit: 1 }, "subject"],
    [{ scope: "key", subject: "owner", period: "day", limit: 1 }, "subject"],
    [{ scope: "agent", subject: "codr", period: "day", limit: 1 }, "subject"],
    [{ scope: "workspace", period: "week", limit: 1 }, "period"],
    [{ scope: "workspace", period: "day", limit: -1 }, "limit"],
    [{ scope: "workspace", period: "day", limit: 1_000_001 }, "limit"],
    [{ scope: "workspace", period: "day", limit: 1, warn_at: [0] }, "warn_at.0"],
    [{ scope: "workspace", period: "day", limit: 1, currency: "EUR" }, "currency"],
  ])("%j is 400 and names the field", async (body, path) => {
    const answer = await put("bad", body);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test("changes need the scope admin, reading the scope read", async () => {
    const [reader, delegator] = await Promise.all([makeKey({ scopes: ["read"] }, key), makeKey({ scopes: ["delegate"] }, key)]);
    expect((await send("PUT", "/v1/budgets/x", WIDE, reader.key)).status).toBe(403);
    expect((await send("DELETE", "/v1/budgets/wide", undefined, reader.key)).status).toBe(403);
    expect((await send("GET", "/v1/budgets/wide", undefined, reader.key)).status).toBe(200);
    expect((await send("GET", "/v1/budgets", undefined, delegator.key)).status).toBe(403);
  });

  test("another workspace has budgets of its own", async () => {
    const other = await makeWorkspace();
    expect((await send("GET", "/v1/budgets/wide", undefined, other.key.key)).status).toBe(404);
    expect((await send("DELETE", "/v1/budgets/wide", undefined, other.key.key)).status).toBe(404);
  });

  test("who saved and deleted them is on record", async () => {
    await put("noted", { scope: "workspace", period: "total", limit: 5_000 });
    await send("DELETE", "/v1/budgets/noted");
    const { data } = (
      await send<{ data: { action: string; subject: string; key_id: string }[] }>("GET", "/v1/audit?subject=noted")
    ).body;
    expect(data).toMatchObject([
      { action: "budget.deleted", key_id: keyId },
      { action: "budget.saved", key_id: keyId },
    ]);
  });
});

describe("POST /v1/delegations under a budget", () => {
  test("that has room runs, and counts for its key and its agent", async () => {
    await put("key", { scope: "key", subject: keyId, period: "total", limit: 100 });
    await put("writers", { scope: "agent", subject: "writer", period: "total", limit: 100 });
    const before = (await get("key")).body.spent_nanos;
    const { status, body } = await delegate({ prompt: simulate({ text: "x" }), model: "claude-opus", agent: "writer" });
    expect(status).toBe(202);
    const { cost_nanos } = await ended(body.task_id);
    const spent = async () => [(await get("key")).body.spent_nanos - before, (await get("writers")).body.spent_nanos];
    await expect.poll(spent).toEqual([cost_nanos, cost_nanos]);
    for (const name of ["key", "writers"]) await send("DELETE", `/v1/budgets/${name}`);
  });

  test("of a key goes with it from rotation to rotation, spent and limit", async () => {
    const first = await makeKey({ scopes: ["delegate"] }, key);
    const rotated = async (id: string) => (await send<MadeKey>("POST", `/v1/keys/${id}/rotate`, { overlap: 60 })).body;
    await put("rotating", { scope: "key", subject: first.id, period: "total", limit: 100 });
    const run = async (by: string) => {
      const { body } = await delegate({ prompt: simulate({ text: "x" }), model: "claude-opus" }, by);
      return (await ended(body.task_id)).cost_nanos ?? 0;
    };
    const spent = [await run(first.key)];
    const second = await rotated(first.id);
    spent.push(await run(second.key));
    const third = await rotated(second.id);
    spent.push(await run(third.key), await run(first.key));
    const sum = spent.reduce((left, right) => left + right);
    await expect.poll(async () => (await get("rotating")).body.spent_nanos).toBe(sum);
    expect((await put("rotating", { scope: "key", subject: third.id, period: "total", limit: 0 })).body).toMatchObject({
      subject: first.id,
      spent_nanos: sum,
    });
    for (const by of [first.key, second.key, third.key]) {
      expect((await delegate({ prompt: "x", model: "claude-opus" }, by)).status).toBe(402);
    }
    await send("DELETE", "/v1/budgets/rotating");
  });

  test("that has none is 402, nothing is stored and nothing sent", async () => {
    await put("tiny", { scope: "agent", subject: "reviewer", period: "total", limit: 0.001 });
    const [task_id, name] = [freshId(), mark()];
    const body = { prompt: simulate({ text: "x" }, name), model: "claude-opus", agent: "reviewer", task_id };
    const refused = await delegate(body);
    expect([refused.status, refused.body.code]).toEqual([402, "budget_exceeded"]);
    expect(refused.body.detail).toMatch(/^The budget tiny \(\$0\.001 in total\) has \$0\.001 left\. This attempt at claude-opus/);
    expect((await send("GET", `/v1/delegations/${task_id}`)).status).toBe(404);
    expect(await callsFor(name)).toEqual([]);
    expect((await get("tiny")).body).toMatchObject({ reserved_nanos: 0, exceeded_at: expect.any(String) });
    await send("DELETE", "/v1/budgets/tiny");
    expect((await delegate(body)).status).toBe(202);
  });

  test("answers a task that is known already, though nothing is left", async () => {
    const body = { prompt: simulate({ text: "x" }), model: "claude-opus", agent: "tester", task_id: freshId() };
    expect((await delegate(body)).status).toBe(202);
    await ended(body.task_id);
    await put("shut", { scope: "agent", subject: "tester", period: "total", limit: 0 });
    expect((await delegate(body)).status).toBe(200);
    expect((await delegate({ ...body, prompt: "another" })).status).toBe(409);
    expect((await delegate({ ...body, task_id: freshId() })).status).toBe(402);
    await send("DELETE", "/v1/budgets/shut");
  });

  test("of a model without a price is 400 and names the model; with allow_unpriced it runs", async () => {
    const body = { prompt: "x", provider: "compatible", model: "local/unpriced" };
    const refused = await delegate(body);
    expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([400, "model"]);
    expect(refused.body.detail).toContain("unpriced");
    await put("wide", { ...WIDE, allow_unpriced: true });
    expect((await delegate(body)).status).toBe(202);
    await put("wide", WIDE);
  });

  test("the tasks of a batch that do not fit fail by themselves", async () => {
    await put("batch", { scope: "agent", subject: "architect", period: "total", limit: 0.02 });
    const names = [mark(), mark()];
    const tasks = names.map((name, index) => ({
      prompt: simulate({ text: "x" }, name),
      max_output_tokens: index === 0 ? 50 : 100_000,
    }));
    const defaults = { agent: "architect", model: "claude-opus" };
    const { body } = await send<{ batch_id: string }>("POST", "/v1/batches", { tasks, defaults });
    const { results } = (
      await send<{ results: { [id: string]: { status: string; error: { code: string } | null } } }>(
        "GET",
        `/v1/batches/${body.batch_id}?wait=20`,
      )
    ).body;
    expect(Object.values(results).map(({ status, error }) => [status, error?.code])).toEqual([
      ["completed", undefined],
      ["failed", "budget_exceeded"],
    ]);
    expect((await callsFor(names[1] ?? "")).length).toBe(0);
    await send("DELETE", "/v1/budgets/batch");
  });

  test("answered from the cache needs no money", async () => {
    const body = { prompt: simulate({ text: "x" }, mark()), model: "claude-opus", cache: { max_age: 600 }, agent: "coder" };
    await ended((await delegate(body)).body.task_id);
    await put("shut", { scope: "agent", subject: "coder", period: "total", limit: 0 });
    await expect.poll(async () => (await delegate(body)).status).toBe(201);
    await send("DELETE", "/v1/budgets/shut");
  });
});

describe("max_cost", () => {
  test("below what the first attempt may cost is 402, says what would fit, and that fits", async () => {
    const { key: other } = await makeWorkspace();
    const body = { prompt: simulate({ text: "x" }), model: "claude-opus", max_cost: 0.05, max_output_tokens: 60_000 };
    const refused = await delegate(body, other.key);
    expect([refused.status, refused.body.code]).toEqual([402, "budget_exceeded"]);
    expect(refused.body.detail).toContain("max_cost is $0.05.");
    const max_output_tokens = Number(/at most (\d+)\./.exec(refused.body.detail)?.[1]);
    expect((await delegate({ ...body, max_output_tokens: max_output_tokens + 1 }, other.key)).status).toBe(402);
    expect((await delegate({ ...body, max_output_tokens }, other.key)).status).toBe(202);
  });

  test.each([0, -1, "1"])("of %j is 400", async (max_cost) => {
    const refused = await delegate({ prompt: "x", max_cost });
    expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([400, "max_cost"]);
  });
});

test("a workspace without a budget settles all the same, so that a budget made later knows", async () => {
  const { workspace: other, key: theirs } = await makeWorkspace();
  const { body } = await delegate({ prompt: simulate({ text: "x" }), model: "claude-opus" }, theirs.key);
  const { body: delegation } = await send<Delegation>("GET", `/v1/delegations/${body.task_id}?wait=20`, undefined, theirs.key);
  const ledger = ledgerObjectOf(other);
  ledger
    .putBudget(other, "late", { ...WIDE, scope: "workspace", period: "month", warn_at: [], allow_unpriced: false })
    .catch(() => undefined);
  await expect.poll(async () => (await ledger.budget("late"))?.spent_nanos).toBe(delegation.cost_nanos);
  expect(workspace).not.toBe(other);
  expect(env.LEDGERS.idFromName(other)).not.toEqual(env.LEDGERS.idFromName(workspace));
});
