import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type CircuitReport, CLEAN, FAULTS_THAT_OPEN, MOST_PROBES } from "../../../src/circuits/circuit.ts";
import type { CircuitProtocol } from "../../../src/circuits/circuit-rpc.ts";
import { freshId } from "../../support/delegation-object.ts";

const stubOf = (name: string) => env.CIRCUITS.getByName(name) as unknown as DurableObjectStub & CircuitProtocol;
const fault = (code: "provider_upstream" | "provider_rate_limited", retryAfterMs?: number): CircuitReport => ({
  kind: "failed",
  code,
  started_at: Date.now(),
  retryAfterMs,
  repeated: false,
});
const rowsOf = (stub: DurableObjectStub) => runInDurableObject(stub, (_object, state) => [...state.storage.kv.list()]);

/** A circuit that is shut until `ms` ago. */
async function halfOpen(stub: DurableObjectStub & CircuitProtocol, ms = 1): Promise<void> {
  for (let index = 0; index < FAULTS_THAT_OPEN; index += 1) await stub.report(fault("provider_upstream"));
  await runInDurableObject(stub, (_object, { storage }) => {
    const stored = storage.kv.get<{ shut: object }>("circuit");
    storage.kv.put("circuit", { ...stored, shut: { ...stored?.shut, until: Date.now() - ms } });
  });
  await evictDurableObject(stub);
}

describe("a circuit's object", () => {
  test("that has nothing to know stores nothing, however often it is asked and told of successes", async () => {
    const stub = stubOf(freshId());
    expect(await stub.snapshot()).toEqual(CLEAN);
    expect((await stub.permit()).permit).toEqual({ kind: "go" });
    await stub.report({ kind: "answered", started_at: Date.now() });
    expect(await rowsOf(stub)).toEqual([]);
  });

  test("keeps what it knows in one row, across an eviction, and leaves none once all is well", async () => {
    const stub = stubOf(freshId());
    await stub.report(fault("provider_rate_limited", 60_000));
    const before = await stub.snapshot();
    await evictDurableObject(stub);
    expect(await stub.snapshot()).toEqual(before);
    expect(before).toMatchObject({ shut: { why: "refused" }, last_fault: { code: "provider_rate_limited" } });
    expect(await rowsOf(stub)).toHaveLength(1);
    expect(await stub.report({ kind: "answered", started_at: Date.now() + 1 })).toEqual(CLEAN);
    expect(await rowsOf(stub)).toEqual([]);
  });

  test("writes of a hundred refusals at once only the first", async () => {
    const stub = stubOf(freshId());
    const refusal = { ...fault("provider_rate_limited"), started_at: Date.now() - 10 };
    await stub.report(refusal);
    const [row] = await rowsOf(stub);
    await Promise.all(Array.from({ length: 100 }, () => stub.report(refusal)));
    expect(await rowsOf(stub)).toEqual([row]);
  });

  test("lets three of a hundred that ask at once through when it is half open, and tells the others each another time", async () => {
    const stub = stubOf(freshId());
    await halfOpen(stub);
    const answers = await Promise.all(Array.from({ length: 100 }, () => stub.permit()));
    const waits = answers.flatMap(({ permit }) => (permit.kind === "wait" ? [permit.until] : []));
    expect(answers.filter(({ permit }) => permit.kind === "go")).toHaveLength(MOST_PROBES);
    expect(new Set(waits).size).toBe(100 - MOST_PROBES);
  });

  test("that was evicted in the middle of its probes lets calls through again", async () => {
    const stub = stubOf(freshId());
    await halfOpen(stub);
    for (let index = 0; index < MOST_PROBES; index += 1) await stub.permit();
    expect((await stub.permit()).permit.kind).toBe("wait");
    await evictDurableObject(stub);
    expect((await stub.permit()).permit.kind).toBe("go");
  });

  test("lets another through when a probe has failed and its time is over", async () => {
    const stub = stubOf(freshId());
    await halfOpen(stub);
    await stub.permit();
    const { shut } = await stub.report(fault("provider_upstream"));
    expect((shut?.until ?? 0) - (shut?.at ?? 0)).toBe(20_000);
    expect((await stub.permit()).permit).toMatchObject({ kind: "wait", why: "faulty", lastFault: "provider_upstream" });
  });
});
