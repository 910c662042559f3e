import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { type CircuitReport, FAULTS_THAT_OPEN } from "../../../src/circuits/circuit.ts";
import { type CircuitKey, type CircuitProtocol, circuitName } from "../../../src/circuits/circuit-rpc.ts";
import type { Candidate } from "../../../src/delegations/delegation-rpc.ts";
import {
  CLAUDE,
  CODEX,
  callsFor,
  eventsOf,
  finalOf,
  freshId,
  GEMINI,
  objectOf,
  runToEnd,
  specOf,
} from "../../support/delegation-object.ts";

const circuitOf = (key: CircuitKey) => env.CIRCUITS.getByName(circuitName(key)) as unknown as CircuitProtocol;
const failed = (code: "provider_upstream" | "provider_rate_limited" | "provider_auth", retryAfterMs?: number): CircuitReport => ({
  kind: "failed",
  code,
  started_at: Date.now(),
  retryAfterMs,
  repeated: false,
});

async function opened(key: CircuitKey): Promise<void> {
  for (let index = 0; index < FAULTS_THAT_OPEN; index += 1) await circuitOf(key).report(failed("provider_upstream"));
}

const local = (model: string): Candidate => ({ provider: "compatible", endpoint: "local", model, requested: model });

describe("a task whose candidate's circuit is open", () => {
  test("goes to the next candidate at once: nothing is sent, nothing is on record as an attempt, and a warning says why", async () => {
    await opened(CLAUDE);
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "from codex" }, id), { candidates: [CLAUDE, CODEX] }));
    expect(done).toMatchObject({ status: "completed", output: "from codex", provider: "codex", attempts: [{ number: 1 }] });
    const why = "its circuit is open after 5 faults in a row, the last one provider_upstream.";
    expect(done.warnings).toContainEqual({
      code: "circuit_open",
      message: `claude-opus-5-5 of claude was passed over: ${why}`,
    });
    expect((await callsFor(id)).map(({ vendor }) => vendor)).toEqual(["openai"]);
    const events = await eventsOf(objectOf(id));
    expect(events.filter((event) => event.type === "turn.warning").map(({ warning }) => warning.code)).toEqual(["circuit_open"]);
  });

  test("passes over one candidate after the other, and tells of each that comes after an attempt when it does", async () => {
    await opened(CODEX);
    const id = freshId();
    const plan = [{ status: 400 }, { text: "third" }];
    const done = await runToEnd(specOf(id, simulate(plan, id), { candidates: [CLAUDE, CODEX, GEMINI] }));
    expect(done.attempts.map(({ provider, status }) => [provider, status])).toEqual([
      ["claude", "failed"],
      ["gemini", "completed"],
    ]);
    const types = (await eventsOf(objectOf(id))).map((event) => event.type).filter((type) => type.startsWith("turn"));
    expect(types).toEqual(["turn.started", "turn.failed", "turn.warning", "turn.started", "turn.completed"]);
  });

  test("waits without another candidate, and runs when the circuit lets it", async () => {
    const candidate = local("paused");
    await circuitOf(candidate).report(failed("provider_rate_limited", 5_000));
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "later" }, id), { candidates: [candidate] }));
    const waited = Date.parse(done.attempts[0]?.started_at ?? "") - Date.parse(done.created_at);
    expect(done).toMatchObject({ status: "completed", attempts: [{ number: 1, status: "completed" }] });
    expect(waited).toBeGreaterThanOrEqual(1_000);
    expect(await callsFor(id)).toHaveLength(1);
    await expect.poll(async () => (await circuitOf(candidate).snapshot()).last_fault).toBeNull();
  });

  test("waits for a short pause rather than to leave its first candidate", async () => {
    const candidate = local("briefly-paused");
    await circuitOf(candidate).report(failed("provider_rate_limited", 800));
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "first" }, id), { candidates: [candidate, CODEX] }));
    expect(done.provider).toBe("compatible");
    expect(done.warnings.map(({ code }) => code)).not.toContain("circuit_open");
  });

  test("waits no longer than to its deadline", async () => {
    await opened(CLAUDE);
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "never" }, id), { ask: { deadline: 1 } }));
    expect(done).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" }, attempts: [], cost_nanos: 0 });
    expect(await callsFor(id)).toEqual([]);
  });

  test("is cancelled while it waits", async () => {
    await opened(CLAUDE);
    const id = freshId();
    await objectOf(id).start(specOf(id, simulate({ text: "never" }, id)));
    await expect
      .poll(() => runInDurableObject(objectOf(id), (_object, { storage }) => storage.getAlarm()))
      .toBeGreaterThan(Date.now() + 5_000);
    expect((await objectOf(id).cancel("a")).kind).toBe("cancelled");
    expect(await callsFor(id)).toEqual([]);
  });
});

describe("a refused account", () => {
  test("is left alone by tasks that have another candidate, and asked at once by those that have none", async () => {
    await circuitOf(CLAUDE).report(failed("provider_auth"));
    const [alone, covered] = [freshId(), freshId()];
    const told = await runToEnd(specOf(alone, simulate({ status: 401 }, alone)));
    expect(told).toMatchObject({ status: "failed", error: { code: "provider_auth" } });
    const done = await runToEnd(specOf(covered, simulate({ text: "ok" }, covered), { candidates: [CLAUDE, CODEX] }));
    expect(done).toMatchObject({ provider: "codex", attempts: [{ number: 1 }] });
  });
});

describe("what tasks meet", () => {
  test("is no news of a circuit while all is well: it is looked at once, and told nothing", async () => {
    const candidate = local("well");
    const asked: string[] = [];
    const counted: Pick<CircuitProtocol, "snapshot" | "report"> = {
      snapshot: () => {
        asked.push("snapshot");
        return circuitOf(candidate).snapshot();
      },
      report: (report) => {
        asked.push(report.kind);
        return circuitOf(candidate).report(report);
      },
    };
    for (const id of [freshId(), freshId()]) {
      await runInDurableObject(objectOf(id), (object) => {
        Object.assign(object, { env: { ...env, CIRCUITS: { getByName: () => counted } } });
      });
      await runToEnd(specOf(id, simulate({ text: "fine" }, id), { candidates: [candidate] }));
    }
    expect(asked).toEqual(["snapshot"]);
  });

  test("opens the circuit for the others, once five of them have failed in a row", async () => {
    const candidate = local("down");
    for (let index = 0; index < FAULTS_THAT_OPEN; index += 1) {
      const id = freshId();
      await runToEnd(specOf(id, simulate({ status: 500 }, id), { candidates: [candidate], ask: { max_attempts: 1 } }));
    }
    await expect.poll(() => circuitOf(candidate).snapshot()).toMatchObject({ faults: 5, shut: { why: "faulty" } });
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "around" }, id), { candidates: [candidate, CODEX] }));
    expect(done.attempts.map(({ provider }) => provider)).toEqual(["codex"]);
  });

  test("says nothing when it is one prompt, or a timeout that its caller chose", async () => {
    const candidate = local("fine");
    const [poison, hasty] = [freshId(), freshId()];
    await runToEnd(specOf(poison, simulate({ status: 500 }, poison), { candidates: [candidate], ask: { max_attempts: 4 } }));
    const silent = simulate({ headers_ms: 5_000 }, hasty);
    await runToEnd(specOf(hasty, silent, { candidates: [candidate], ask: { max_attempts: 1, timeout: 1 } }));
    await expect.poll(async () => (await circuitOf(candidate).snapshot()).faults).toBe(1);
  });

  test("leaves nothing behind while all is well", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "fine" }, id)));
    const rows = await runInDurableObject(env.CIRCUITS.getByName(circuitName(CLAUDE)), (_object, { storage }) => [
      ...storage.kv.list(),
    ]);
    expect(rows).toEqual([]);
  });
});

describe("a circuit that does not answer", () => {
  test("holds up nobody", async () => {
    const id = freshId();
    await runInDurableObject(objectOf(id), (object) => {
      const broken = {
        getByName: () => ({ snapshot: () => new Promise(() => undefined), permit: () => Promise.reject(new Error("x")) }),
      };
      Object.assign(object, { env: { ...env, CIRCUITS: broken } });
    });
    await objectOf(id).start(specOf(id, simulate({ text: "all the same" }, id), { candidates: [local("unreachable")] }));
    expect(await finalOf(objectOf(id))).toMatchObject({ status: "completed", attempts: [{ number: 1 }] });
  });
});
