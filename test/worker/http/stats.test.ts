import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { freshId, rowOf } from "../../support/delegation-object.ts";

type Report = { complete: boolean; data: { model?: string | null; delegations: object; attempts: object }[] };

describe("GET /v1/stats", () => {
  test("tells what callers got and who failed", async () => {
    const since = new Date().toISOString();
    const task_id = freshId();
    const prompt = simulate([{ status: 400 }, { text: "x", usage: { input_tokens: 10, output_tokens: 5 } }], task_id);
    await call("POST", "/v1/delegations", { body: { task_id, prompt, provider: "claude", fallbacks: [{ provider: "codex" }] } });
    await call("GET", `/v1/delegations/${task_id}?wait=20`);
    await expect.poll(async () => (await rowOf(task_id))?.status).toBe("completed");
    const { body } = await call<Report>("GET", `/v1/stats?group_by=provider&created_after=${since}`);
    expect(body).toEqual({
      complete: true,
      data: [
        {
          provider: "codex",
          delegations: expect.objectContaining({ count: 1, completed: 1, success_rate: 1, errors: {}, tokens: 15 }),
          attempts: expect.objectContaining({ count: 1, success_rate: 1, time_to_first_token_ms: expect.any(Object) }),
        },
        {
          provider: "claude",
          delegations: expect.objectContaining({ count: 0, success_rate: null, latency_ms: { p50: null, p95: null } }),
          attempts: expect.objectContaining({ count: 1, failed: 1, success_rate: 0, errors: { provider_invalid_request: 1 } }),
        },
      ],
    });
  });

  test("is of the last 24 hours unless told otherwise, and of one group without any", async () => {
    const { status, body } = await call<Report>("GET", "/v1/stats");
    expect([status, body.data.length]).toEqual([200, 1]);
    expect((await call("GET", "/v1/stats?window=7d&group_by=model,agent,task_type")).status).toBe(200);
  });

  test.each([
    ["group_by=day", "group_by.0"],
    ["window=2h", "window"],
    ["window=7d&created_after=2026-01-01T00:00:00Z", "window"],
    ["status=failed", "status"],
  ])("%s is 400 and names the parameter", async (query, path) => {
    const { status, body } = await call<ProblemBody>("GET", `/v1/stats?${query}`);
    expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test("without a key is 401", async () => {
    expect((await call("GET", "/v1/stats", { key: null })).status).toBe(401);
  });
});
