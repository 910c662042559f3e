import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import {
  CLAUDE,
  CODEX,
  COPILOT,
  callsFor,
  eventsOf,
  finalOf,
  freshId,
  objectOf,
  runToEnd,
  specOf,
} from "../../support/delegation-object.ts";

const slow = { text: "slow ".repeat(200), delay_ms: 1_000 } as const;

describe("cancel", () => {
  test("closes the vendor's connection, keeps the usage seen and says who did it", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate({ ...slow, usage: { input_tokens: 40 } }, id)));
    await expect.poll(async () => (await callsFor(id)).length).toBe(1);
    const outcome = await stub.cancel("alice");
    expect(outcome).toMatchObject({
      kind: "cancelled",
      delegation: { status: "cancelled", error: { code: "cancelled" }, output: null },
    });
    await expect.poll(async () => (await callsFor(id))[0]?.ended_by).toBe("aborted");
    const done = await finalOf(stub);
    expect(done.error?.message).toContain("alice");
    expect(done.attempts[0]).toMatchObject({ status: "cancelled", usage_final: false });
    expect(done.cost_max_nanos ?? 0).toBeGreaterThan(done.cost_nanos ?? 0);
  });

  test("is the same again, and is final when the task ended otherwise", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate(slow, id)));
    expect((await Promise.all([stub.cancel("a"), stub.cancel("b")])).map((outcome) => outcome.kind)).toEqual([
      "cancelled",
      "cancelled",
    ]);
    expect((await stub.cancel("c")).kind).toBe("cancelled");
    const other = freshId();
    await runToEnd(specOf(other, simulate({ text: "done" }, other)));
    expect(await objectOf(other).cancel("a")).toMatchObject({ kind: "final", delegation: { status: "completed" } });
  });

  test("between two attempts ends the task at once, without another call", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate([{ status: 429, retry_after: 60 }, { text: "never" }], id)));
    await expect.poll(async () => (await eventsOf(stub)).some((event) => event.type === "turn.failed")).toBe(true);
    expect((await stub.cancel("a")).kind).toBe("cancelled");
    expect(await callsFor(id)).toHaveLength(1);
  });

  test("does not go on to a fallback", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(
      specOf(id, simulate({ fault: { kind: "hang", after: 1 }, text: "x".repeat(100) }, id), { candidates: [CLAUDE, CODEX] }),
    );
    await expect.poll(async () => (await callsFor(id)).length).toBe(1);
    await stub.cancel("a");
    expect((await finalOf(stub)).attempts).toHaveLength(1);
    expect(await callsFor(id)).toHaveLength(1);
  });

  test("of work that a vendor cannot stop says so and follows its cost to the end", async () => {
    const id = freshId();
    const stub = objectOf(id);
    const repository = { owner: "acme", name: "widgets" };
    await stub.start(specOf(id, simulate({ polls: 2, nano_credits: 2_000_000_000 }, id), { candidates: [COPILOT], repository }));
    await expect.poll(async () => (await callsFor(id)).some((call) => call.method === "POST")).toBe(true);
    await expect.poll(async () => (await stub.cancel("a")).kind).toBe("cancelled");
    const done = await finalOf(stub);
    expect(done.warnings.map((warning) => warning.code)).toContain("vendor_continues");
    // 2 AI credits at 0.01 US dollars.
    const books = { status: "cancelled", usage_final: true, cost_nanos: 20_000_000, cost_max_nanos: 20_000_000 };
    await expect.poll(() => finalOf(stub)).toMatchObject(books);
  });
});

describe("timeout and deadline", () => {
  test("a hanging attempt is ended by its timeout, closed at the vendor, and the fallback answers", async () => {
    const id = freshId();
    const plan = [{ fault: { kind: "hang", after: 0 } as const }, { text: "from the other" }];
    const done = await runToEnd(
      specOf(id, simulate(plan, id), { candidates: [CLAUDE, CODEX], ask: { timeout: 5, max_attempts: 1 } }),
    );
    expect(done).toMatchObject({ status: "completed", output: "from the other" });
    expect(done.attempts[0]?.error?.code).toBe("timeout");
    await expect.poll(async () => (await callsFor(id))[0]?.ended_by).toBe("aborted");
  });

  test("the deadline ends a task in mid-attempt, whatever candidates are left", async () => {
    const id = freshId();
    const done = await runToEnd(
      specOf(id, simulate({ fault: { kind: "hang", after: 0 } }, id), { candidates: [CLAUDE, CODEX], ask: { deadline: 5 } }),
    );
    expect(done).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" } });
    expect(done.attempts).toHaveLength(1);
  });

  test("a task whose only candidate keeps refusing waits until the deadline, not for max_attempts", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ status: 503 }, id), { ask: { deadline: 8, max_attempts: 1 } }));
    expect(done.error?.code).toBe("deadline_exceeded");
    expect(done.attempts.length).toBeGreaterThan(1);
    expect(done).toMatchObject({ cost_nanos: 0, usage_final: true });
  });

  test("Retry-After is the floor of the wait", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate([{ status: 429, retry_after: 1 }, { text: "ok" }], id)));
    const [first, second] = done.attempts;
    expect(Date.parse(second?.started_at ?? "") - Date.parse(first?.ended_at ?? "")).toBeGreaterThanOrEqual(1_000);
  });
});
