import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { Delegation, DelegationInput } from "../../src/delegations/delegation.ts";
import { callsFor, expectBooksToBalance, expectOneAtATime } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

const RETRY_AFTER_S = 6;
/** What a busy machine may take; a lost alarm would come after minutes. */
const MOVES_WITHIN_MS = 45_000;

type Case = { prompt: string; task: Delegation };

let server: E2eServer;
/** One kill -9 finds every one of these at its own point; each test looks at one afterwards. */
let cases: Awaited<ReturnType<typeof tasksAtEveryPoint>>;
let readyAt: number;

beforeAll(async () => {
  server = await E2eServer.start();
  cases = await tasksAtEveryPoint();
  await server.kill();
  readyAt = await server.start();
});
afterAll(() => server[Symbol.asyncDispose]());

async function accepted(plan: Parameters<typeof simulate>[0], input: Partial<DelegationInput> = {}): Promise<Case> {
  const prompt = marker();
  return { prompt, task: await server.client.delegate({ provider: "claude", ...input, prompt: simulate(plan, prompt) }) };
}

const endless = { text: "on and on ", repeat: 2_000, delay_ms: 50 } as const;
const calls = (one: Case) => callsFor(server, one);
const called = (one: Case) => vi.waitFor(() => expect(calls(one)).toHaveLength(1), { timeout: 60_000 });

async function tasksAtEveryPoint() {
  const { client } = server;
  const ended = await accepted({ text: "done before" });
  const record = await client.final(ended.task.task_id);
  const log = await client.events(ended.task.task_id);

  const cancelled = await accepted([endless, { text: "never" }]);
  await called(cancelled);
  await client.act(cancelled.task.task_id, "cancel");

  const deleted = await accepted({ text: "secret" });
  const deletedRecord = await client.final(deleted.task.task_id);
  await client.call("DELETE", `/v1/delegations/${deleted.task.task_id}`);

  const approval = await accepted({ text: "approved" }, { approval: "manual" });
  const copilot = await accepted({ polls: 1 }, { provider: "copilot" });
  // At a model of its own: what one task is refused all others wait for.
  const later = [{ status: 429, retry_after: RETRY_AFTER_S }, { text: "after the wait" }];
  const refused = await accepted(later, { model: "claude-haiku" });
  const silent = await accepted([{ text: "x", headers_ms: 60_000 }, { text: "heard" }]);
  const fallback = await accepted([endless, { text: "from the other" }], { max_attempts: 1, fallbacks: [{ provider: "codex" }] });
  const asked = await accepted([endless, { text: "still answered" }], { approval: "manual" });
  await client.act(asked.task.task_id, "approve");
  for (const one of [copilot, refused, silent, fallback, asked]) await called(one);
  const turnFailed = expect.objectContaining({ type: "turn.failed" });
  await vi.waitFor(async () => expect(await client.events(refused.task.task_id)).toContainEqual(turnFailed));
  const viewer = client.follow(asked.task.task_id, 0);
  await viewer.next();
  expect((await client.act(asked.task.task_id, "approve")).status).toBe(200);
  const waiting = client.get(asked.task.task_id, 30).catch(() => "cut");

  const fresh = await Promise.all(Array.from({ length: 5 }, () => accepted({ text: "fresh" })));
  return {
    ended,
    record,
    log,
    cancelled,
    deleted,
    deletedRecord,
    approval,
    copilot,
    refused,
    silent,
    fallback,
    asked,
    waiting,
    fresh,
  };
}

describe("after kill -9 and the next start", () => {
  test("tasks that had just been accepted run, at most one of their calls having been cut", async () => {
    for (const one of cases.fresh) {
      const final = await server.client.final(one.task.task_id);
      expect(final).toMatchObject({ status: "completed", output: "fresh" });
      expect(final.attempts.at(-1)).toMatchObject({ status: "completed" });
      expect(calls(one).length).toBeLessThanOrEqual(2);
      expectOneAtATime(calls(one));
    }
  });

  test("a task that waits for its next attempt waits no less than Retry-After, and its refusal is no interruption", async () => {
    const final = await server.client.final(cases.refused.task.task_id);
    expect(final).toMatchObject({ status: "completed", output: "after the wait" });
    expect(final.attempts).toMatchObject([{ status: "failed", cost_nanos: 0 }, { status: "completed" }]);
    const [refusal, answer] = calls(cases.refused);
    expect((answer?.arrived_at ?? 0) - (refusal?.ended_at ?? 0)).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000);
    expect(calls(cases.refused)).toHaveLength(2);
  });

  test("a task whose vendor had not said a word is asked again as soon as the server is back", async () => {
    const final = await server.client.final(cases.silent.task.task_id);
    expect(final).toMatchObject({ status: "completed", output: "heard" });
    expect(final.attempts.map(({ status }) => status)).toEqual(["interrupted", "completed"]);
    expect(calls(cases.silent).map(({ ended_by }) => ended_by)).toEqual(["aborted", "answered"]);
    expect(calls(cases.silent)[1]?.arrived_at).toBeLessThan(readyAt + MOVES_WITHIN_MS);
  });

  test("a task that was watched, waited for and approved again in mid-attempt moves as soon as the server is back", async () => {
    expect(await cases.waiting).toBe("cut");
    expect(await server.client.final(cases.asked.task.task_id)).toMatchObject({ output: "still answered" });
    expect(calls(cases.asked)).toHaveLength(2);
    expect(calls(cases.asked)[1]?.arrived_at).toBeLessThan(readyAt + MOVES_WITHIN_MS);
    expectOneAtATime(calls(cases.asked));
  });

  test("a task out of attempts at one provider goes on with its fallback", async () => {
    const final = await server.client.final(cases.fallback.task.task_id);
    expect(final).toMatchObject({ status: "completed", output: "from the other", provider: "codex" });
    expect(final.attempts).toMatchObject([
      { status: "interrupted", provider: "claude" },
      { status: "completed", provider: "codex" },
    ]);
    expectOneAtATime(calls(cases.fallback));
  });

  test("work that goes on at the vendor is followed, not ordered a second time", async () => {
    const final = await server.client.final(cases.copilot.task.task_id);
    expect(final.status).toBe("completed");
    expect(final.attempts).toMatchObject([{ status: "completed", usage_final: true }]);
    expect(calls(cases.copilot)).toHaveLength(1);
  });

  test("a task that waits for approval still waits, unpaid, and runs once when it is approved", async () => {
    const { task_id } = cases.approval.task;
    expect((await server.client.get(task_id)).status).toBe("needs-approval");
    expect(calls(cases.approval)).toHaveLength(0);
    expect((await server.client.act(task_id, "approve")).status).toBe(200);
    expect(await server.client.final(task_id)).toMatchObject({ status: "completed", output: "approved" });
    expect(calls(cases.approval)).toHaveLength(1);
  });

  test("a cancelled task stays cancelled and is asked of nobody", async () => {
    expect(await server.client.final(cases.cancelled.task.task_id)).toMatchObject({ status: "cancelled", output: null });
    expect((await server.client.act(cases.cancelled.task.task_id, "cancel")).status).toBe(200);
    expect(calls(cases.cancelled)).toHaveLength(1);
  });

  test("a task that had ended shows the same record and the same events", async () => {
    expect(await server.client.get(cases.ended.task.task_id)).toEqual(cases.record);
    expect(await server.client.events(cases.ended.task.task_id)).toEqual(cases.log);
  });

  test("a deleted task stays deleted, and its id is not used again", async () => {
    const { task_id } = cases.deleted.task;
    expect((await server.client.call("GET", `/v1/delegations/${task_id}`)).status).toBe(410);
    expect((await server.client.post({ prompt: "again", provider: "claude", task_id })).status).toBe(410);
  });

  test("the books add up", async () => {
    const { ended, cancelled, deletedRecord, approval, copilot, refused, silent, fallback, asked, fresh } = cases;
    const kept = [ended, cancelled, approval, copilot, refused, silent, fallback, asked, ...fresh];
    const finals = await Promise.all(kept.map(({ task }) => server.client.final(task.task_id)));
    await expectBooksToBalance(server, finals, [deletedRecord]);
  });
});
