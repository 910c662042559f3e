import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { BudgetInput } from "../../../src/budgets/budget.ts";
import type { DelegationProtocol, DelegationSpec } from "../../../src/delegations/delegation-rpc.ts";
import { rebind } from "../../support/batch-object.ts";
import { CLAUDE, CODEX, COPILOT, callsFor, finalOf, freshId, specOf } from "../../support/delegation-object.ts";
import { askNow, freshWorkspace, ledgerObjectOf, setBudget, sumsOf } from "../../support/ledger-object.ts";

const CENT = 10_000_000;
const BUDGET: BudgetInput = { scope: "workspace", period: "total", limit: 1, warn_at: [0.8], allow_unpriced: false };
/** At $5 a million tokens of output and some $6 of input this can cost at most about 1.2 cents. */
const SMALL = { max_output_tokens: 100 };

type Changes = Parameters<typeof specOf>[2];

/** A task in a workspace with a budget; `limit` in US dollars. */
async function budgeted(prompt: string, limit: number, changes: Changes = {}) {
  const workspace = freshWorkspace();
  await setBudget(workspace, { ...BUDGET, limit });
  const spec: DelegationSpec = { ...specOf(freshId(), prompt, { ...changes, ask: { ...SMALL, ...changes.ask } }), workspace };
  const object = env.DELEGATIONS.getByName(`${workspace}/${spec.task_id}`) as unknown as DurableObjectStub & DelegationProtocol;
  return { workspace, spec, object };
}

async function run(prompt: string, limit: number, changes: Changes = {}) {
  const task = await budgeted(prompt, limit, changes);
  await task.object.start(task.spec);
  return { ...task, delegation: await finalOf(task.object) };
}

const mark = () => freshId("mark");

describe("an attempt under a budget", () => {
  test("is booked with what it cost when it has ended", async () => {
    const { workspace, delegation } = await run(simulate({ text: "fine" }), 1);
    expect(delegation.status).toBe("completed");
    expect(delegation.cost_nanos).toBeGreaterThan(0);
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: delegation.cost_nanos, reserved: 0 });
  });

  test("that does not fit is not sent, and the delegation says what is left and what would fit", async () => {
    const name = mark();
    const { workspace, delegation } = await run(simulate({ text: "fine" }, name), 0.01, { ask: { max_output_tokens: 4_000 } });
    expect(delegation).toMatchObject({ status: "failed", attempts: [], cost_nanos: 0, error: { code: "budget_exceeded" } });
    expect(delegation.error?.message).toMatch(
      /^The budget b \(\$0\.01 in total\) has \$0\.01 left\. This attempt at claude-opus-5-5 of claude may cost up to \$0\.\d+\. It fits with max_output_tokens of at most \d+\.$/,
    );
    expect(await callsFor(name)).toEqual([]);
    expect(await sumsOf(workspace)).toEqual({ spent: 0, reserved: 0 });
  });

  test("that would fit with fewer output tokens fits with as many as the refusal names, and with no more", async () => {
    const { delegation } = await run(simulate({ text: "fine" }), 0.02, { ask: { max_output_tokens: 100_000 } });
    const fits = Number(/at most (\d+)\./.exec(delegation.error?.message ?? "")?.[1]);
    const [less, more] = await Promise.all(
      [fits, fits + 1].map((max_output_tokens) => run(simulate({ text: "fine" }), 0.02, { ask: { max_output_tokens } })),
    );
    expect([less?.delegation.status, more?.delegation.status]).toEqual(["completed", "failed"]);
  });

  test("after a failed one is refused when what is left does not suffice, and says what the last one died of", async () => {
    const name = mark();
    const cut = { text: "half an answer", fault: { kind: "close" as const, after: 1 } };
    const { workspace, delegation } = await run(simulate([cut, { text: "fine" }], name), 0.015);
    expect(delegation).toMatchObject({ status: "failed", error: { code: "budget_exceeded" } });
    expect(delegation.attempts).toHaveLength(1);
    expect(delegation.error?.message).toContain("The last attempt ended with truncated_stream");
    expect(await callsFor(name)).toHaveLength(1);
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: delegation.cost_max_nanos, reserved: 0 });
  });

  test("that was refused for free holds nothing while it waits", async () => {
    const { workspace, object, spec } = await budgeted(simulate([{ status: 429, retry_after: 600 }, { text: "fine" }]), 1);
    await object.start(spec);
    const attempts = async () => {
      const read = await object.read(0);
      return read.kind === "found" ? read.delegation.attempts.map(({ status }) => status) : [];
    };
    await expect.poll(attempts).toEqual(["failed"]);
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: 0, reserved: 0 });
    await object.cancel("owner");
  });

  test("that is cancelled in the middle is booked with the most it can have cost", async () => {
    const name = mark();
    const { workspace, object, spec } = await budgeted(simulate({ text: "slow", first_ms: 60_000 }, name), 1);
    await object.start(spec);
    await expect.poll(async () => (await callsFor(name)).length).toBe(1);
    const { reserved } = await sumsOf(workspace);
    await object.cancel("owner");
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: reserved, reserved: 0 });
  });

  test("that had not begun when its task was deleted holds nothing any more", async () => {
    const { workspace, object, spec } = await budgeted(simulate({ text: "fine" }), 1, { ask: { approval: "manual" } });
    const { task_id, hash } = spec;
    const ask = { task_id, hash, attempt: 1, key_id: "", agent: "default", nanos: CENT, ends_at: Date.now() };
    await ledgerObjectOf(workspace).reserve(workspace, ask);
    await object.start(spec);
    expect(await object.erase("owner")).toEqual({ kind: "erased" });
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: 0, reserved: 0 });
  });

  test("of a model without a price is refused, unless the budget allows it", async () => {
    const unpriced = { candidates: [COPILOT], repository: { owner: "o", name: "r" } };
    const refused = await run(simulate({ text: "fine" }), 1, unpriced);
    expect(refused.delegation).toMatchObject({ status: "failed", attempts: [], error: { code: "budget_exceeded" } });
    expect(refused.delegation.error?.message).toContain("No price is known for copilot");
    const { workspace, object, spec } = await budgeted(simulate({ text: "fine" }), 1, unpriced);
    await setBudget(workspace, { ...BUDGET, allow_unpriced: true });
    await object.start(spec);
    await expect.poll(() => object.read(0)).toMatchObject({ delegation: { attempts: [{ number: 1, provider: "copilot" }] } });
    await object.cancel("owner");
  });

  test("holds its money once, however it was reserved before", async () => {
    const { workspace, object, spec } = await budgeted(simulate({ text: "slow", first_ms: 5_000 }), 1);
    const { task_id, hash } = spec;
    const ask = { task_id, hash, attempt: 1, key_id: "", agent: "default", nanos: 50 * CENT, ends_at: Date.now() };
    const held = await ledgerObjectOf(workspace).reserve(workspace, ask);
    await object.start({ ...spec, ...(held.kind === "granted" && { reserved_until: held.asked_at }) });
    expect(await sumsOf(workspace)).toEqual({ spent: 0, reserved: 50 * CENT });
    const { cost_nanos } = await finalOf(object);
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: cost_nanos, reserved: 0 });
  });

  test("whose reservation ran out before it began reserves anew", async () => {
    const { workspace, object, spec } = await budgeted(simulate({ text: "slow", first_ms: 5_000 }), 1);
    await object.start({ ...spec, reserved_until: Date.now() + 4_000 });
    await expect.poll(async () => (await sumsOf(workspace)).reserved).toBeGreaterThan(0);
    await finalOf(object);
  });

  test("is not sent while the ledger cannot be reached, and is once it can", async () => {
    const name = mark();
    const { object, spec } = await budgeted(simulate({ text: "fine" }, name), 1);
    let asked = 0;
    const down = () => {
      asked += 1;
      return Promise.reject(new Error("the ledger is overloaded"));
    };
    await rebind(object, { LEDGERS: { getByName: () => ({ hasBudgets: down, settle: down }) } });
    await object.start(spec);
    await expect.poll(() => asked).toBe(1);
    expect(await callsFor(name)).toEqual([]);
    await evictDurableObject(object);
    await object.wake();
    expect(await finalOf(object)).toMatchObject({ status: "completed" });
  });
});

describe("max_cost", () => {
  test("holds without any budget for all attempts together", async () => {
    const name = mark();
    const cut = { text: "half an answer", fault: { kind: "close" as const, after: 1 } };
    const spec = specOf(freshId(), simulate([cut, { text: "fine" }], name), {
      candidates: [CLAUDE, CODEX],
      ask: { ...SMALL, max_cost: 0.015 },
    });
    const object = env.DELEGATIONS.getByName(`default/${spec.task_id}`) as unknown as DelegationProtocol;
    await object.start(spec);
    const delegation = await finalOf(object);
    expect(delegation).toMatchObject({ status: "failed", error: { code: "budget_exceeded" } });
    expect(delegation.error?.message).toMatch(
      /^max_cost is \$0\.015, of which \$0\.\d+ are left\. This attempt at claude-opus-5-5/,
    );
    expect(await callsFor(name)).toHaveLength(1);
  });

  test("refuses models without a price", async () => {
    const spec = specOf(freshId(), "anything", {
      candidates: [COPILOT],
      repository: { owner: "o", name: "r" },
      ask: { max_cost: 1 },
    });
    const object = env.DELEGATIONS.getByName(`default/${spec.task_id}`) as unknown as DelegationProtocol;
    await object.start(spec);
    expect((await finalOf(object)).error).toMatchObject({ code: "budget_exceeded" });
  });
});

describe("a settlement", () => {
  test("that cannot be delivered keeps nothing from the list, and comes when the ledger is back", async () => {
    const workspace = freshWorkspace();
    const spec = { ...specOf(freshId(), simulate({ text: "fine" })), workspace };
    const object = env.DELEGATIONS.getByName(`${workspace}/${spec.task_id}`) as unknown as DurableObjectStub & DelegationProtocol;
    const down = () => Promise.reject(new Error("the ledger is overloaded"));
    await rebind(object, { LEDGERS: { getByName: () => ({ hasBudgets: async () => false, settle: down }) } });
    await object.start(spec);
    const { cost_nanos } = await finalOf(object);
    const row = () =>
      env.DB.prepare("select status from delegations where workspace = ? and task_id = ?").bind(workspace, spec.task_id).first();
    await expect.poll(row).toEqual({ status: "completed" });
    await setBudget(workspace, BUDGET);
    expect((await sumsOf(workspace)).spent).toBe(0);
    await evictDurableObject(object);
    await object.wake();
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: cost_nanos, reserved: 0 });
  });

  test("comes of a deleted task too", async () => {
    const { workspace, object, delegation } = await run(simulate({ text: "fine" }), 1);
    await object.erase("owner");
    await askNow(workspace);
    await expect.poll(() => sumsOf(workspace)).toEqual({ spent: delegation.cost_nanos, reserved: 0 });
  });
});
