import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Circuit,
  type CircuitReport,
  CLEAN,
  FAULTS_THAT_OPEN,
  type Gate,
  isClean,
  isFree,
  MOST_PROBES,
  permitted,
  phaseOf,
  reported,
} from "../../../src/circuits/circuit.ts";
import { FAILURES, type FailureCode } from "../../../src/errors.ts";

const T0 = Date.UTC(2026, 10, 22, 10);
const SECOND = 1_000;
const CODES = Object.keys(FAILURES) as FailureCode[];

const failed = (
  code: FailureCode,
  started_at: number,
  more: { retryAfterMs?: number; repeated?: boolean } = {},
): CircuitReport => ({
  kind: "failed",
  code,
  started_at,
  retryAfterMs: more.retryAfterMs,
  repeated: more.repeated ?? false,
});
const newGate = (): Gate => ({ probes: [], nextAt: 0 });

/** `count` faults of as many tasks, a second apart, from `at` on. */
function faulted(count: number, at = T0, from = CLEAN): Circuit {
  let circuit = from;
  for (let index = 0; index < count; index += 1) {
    const now = at + index * SECOND;
    circuit = reported(circuit, failed("provider_upstream", now - 1), now);
  }
  return circuit;
}

describe("faults in a row", () => {
  test("open the circuit at the fifth, for ten seconds", () => {
    expect(phaseOf(faulted(FAULTS_THAT_OPEN - 1), T0 + 4 * SECOND)).toBe("closed");
    const open = faulted(FAULTS_THAT_OPEN);
    const opened = T0 + 4 * SECOND;
    expect(open).toMatchObject({ faults: 5, shut: { why: "faulty", at: opened, until: opened + 10 * SECOND } });
    expect([phaseOf(open, opened), phaseOf(open, opened + 10 * SECOND)]).toEqual(["open", "half_open"]);
  });

  test("are counted anew after an answer, and after ten minutes without any", () => {
    const answered = reported(faulted(4), { kind: "answered", started_at: T0 }, T0 + 5 * SECOND);
    expect(isClean(answered)).toBe(true);
    expect(faulted(4, T0 + 700 * SECOND, faulted(4)).shut).toBeNull();
  });

  test("of one task count once: its prompt may be what the vendor cannot take", () => {
    let circuit = faulted(1);
    for (let index = 0; index < 20; index += 1) {
      circuit = reported(circuit, failed("provider_upstream", T0 + index, { repeated: true }), T0 + index);
    }
    expect(circuit).toMatchObject({ faults: 1, shut: null });
  });

  test("open it for longer each time, up to five minutes, until a call is answered", () => {
    let circuit = faulted(FAULTS_THAT_OPEN);
    const lengths: number[] = [];
    for (let index = 0; index < 7; index += 1) {
      const { at = 0, until = 0 } = circuit.shut ?? {};
      lengths.push((until - at) / SECOND);
      circuit = reported(circuit, failed("timeout", until), until + 1);
    }
    expect(lengths).toEqual([10, 20, 40, 80, 160, 300, 300]);
    const until = circuit.shut?.until ?? 0;
    expect(reported(circuit, { kind: "answered", started_at: until }, until + 1)).toBe(CLEAN);
  });

  test("of calls from before it opened change nothing", () => {
    const open = faulted(FAULTS_THAT_OPEN);
    const late = reported(open, failed("provider_upstream", T0), T0 + 9 * SECOND);
    expect(late).toBe(open);
    expect(reported(open, { kind: "answered", started_at: T0 }, T0 + 9 * SECOND)).toBe(open);
  });
});

describe("a refusal", () => {
  test("keeps everybody from calling at once, for longer each time, up to 15 s", () => {
    let circuit = CLEAN;
    let now = T0;
    const pauses = Array.from({ length: 7 }, () => {
      circuit = reported(circuit, failed("provider_rate_limited", now), now);
      const pause = (circuit.shut?.until ?? 0) - now;
      now += pause;
      return pause;
    });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  test("keeps them at least as long as the vendor asked for, but not for more than five minutes", () => {
    const pause = (retryAfterMs: number) => {
      const { shut } = reported(CLEAN, failed("provider_rate_limited", T0, { retryAfterMs }), T0);
      return (shut?.until ?? 0) - T0;
    };
    expect([pause(100), pause(7_000), pause(86_400_000)]).toEqual([500, 7_000, 300_000]);
  });

  test("that comes with many others is one refusal; only a longer Retry-After is news", () => {
    const first = reported(CLEAN, failed("provider_rate_limited", T0 - 5), T0);
    const others = [1, 2, 3].reduce((circuit, ms) => reported(circuit, failed("provider_rate_limited", T0 - 5), T0 + ms), first);
    expect(others).toBe(first);
    const longer = reported(first, failed("provider_rate_limited", T0 - 5, { retryAfterMs: 9_000 }), T0 + 1);
    expect(longer).toMatchObject({ pauses: 1, shut: { at: T0, until: T0 + 9_001 } });
  });

  test("for overload is a fault as well: five in a row open the circuit", () => {
    let circuit = CLEAN;
    let now = T0;
    for (let index = 0; index < FAULTS_THAT_OPEN; index += 1) {
      circuit = reported(circuit, failed("provider_overloaded", now), now);
      now = circuit.shut?.until ?? now;
    }
    expect(circuit.shut).toMatchObject({ why: "faulty" });
    expect(now - (circuit.shut?.at ?? 0)).toBe(10 * SECOND);
  });
});

describe("a refused account", () => {
  test.each(["provider_auth", "provider_quota_exhausted"] as const)(
    "%s sends others elsewhere for 10 s and lets nobody wait",
    (code) => {
      const barred = reported(CLEAN, failed(code, T0), T0);
      expect(permitted(barred, newGate(), T0 + 9_999)).toEqual({ kind: "avoid", faults: 0, lastFault: code });
      expect(permitted(barred, newGate(), T0 + 10_000)).toEqual({ kind: "go" });
      expect([phaseOf(barred, T0), isFree(barred, T0), isFree(barred, T0 + 10_000)]).toEqual(["closed", false, true]);
    },
  );

  test("is forgotten as soon as a changed key is taken, and closes what was open: the vendor answers", () => {
    const barred = reported(CLEAN, failed("provider_auth", T0), T0);
    expect(isFree(reported(barred, { kind: "accepted", started_at: T0 + 1 }, T0 + 2), T0 + 2)).toBe(true);
    const open = faulted(FAULTS_THAT_OPEN);
    const until = open.shut?.until ?? 0;
    expect(reported(open, failed("provider_auth", until), until + 1)).toMatchObject({ shut: null, barred_until: until + 10_001 });
  });
});

describe("what a failure says of the vendor", () => {
  const open = faulted(FAULTS_THAT_OPEN);
  const until = open.shut?.until ?? 0;

  test.each(["provider_invalid_request", "model_not_found", "refused", "blocked", "context_exceeded", "invalid_output"] as const)(
    "%s: it answers, so an open circuit closes",
    (code) => {
      expect(reported(open, failed(code, until), until + 1)).toMatchObject({ shut: null, faults: 0, openings: 1 });
    },
  );

  test.each(["truncated_stream", "interrupted", "cancelled", "deadline_exceeded", "internal"] as const)("%s: nothing", (code) => {
    expect(reported(open, failed(code, until), until + 1)).toBe(open);
    expect(reported(CLEAN, failed(code, T0), T0)).toBe(CLEAN);
  });
});

describe("a half-open circuit", () => {
  test("lets three through and gives each of the others a time of its own", () => {
    const open = faulted(FAULTS_THAT_OPEN);
    const until = open.shut?.until ?? 0;
    const gate = newGate();
    const answers = Array.from({ length: 6 }, () => permitted(open, gate, until));
    expect(answers.map(({ kind }) => kind)).toEqual(["go", "go", "go", "wait", "wait", "wait"]);
    const times = answers.flatMap((answer) => (answer.kind === "wait" ? [answer.until - until] : []));
    expect(times).toEqual([250, 254, 258]);
  });

  test("gives those who asked while it was open their times after it", () => {
    const open = faulted(FAULTS_THAT_OPEN);
    const { until = 0 } = open.shut ?? {};
    const gate = newGate();
    const times = Array.from({ length: 1_000 }, () => permitted(open, gate, until - SECOND)).flatMap((answer) =>
      answer.kind === "wait" ? [answer.until] : [],
    );
    expect([times[0], times.at(-1)]).toEqual([until, until + 999 * 4]);
    expect(new Set(times).size).toBe(1_000);
  });

  test("lets another through when a probe says nothing for 15 s", () => {
    const open = faulted(FAULTS_THAT_OPEN);
    const until = open.shut?.until ?? 0;
    const gate = newGate();
    for (let index = 0; index < MOST_PROBES; index += 1) permitted(open, gate, until);
    expect(permitted(open, gate, until + 14_999).kind).toBe("wait");
    expect(permitted(open, gate, until + 15_000).kind).toBe("go");
  });

  test("asks those who wait back the later the longer its probes take, so that they are not in the way of these", () => {
    const open = faulted(FAULTS_THAT_OPEN);
    const until = open.shut?.until ?? 0;
    const gate = newGate();
    for (let index = 0; index < MOST_PROBES; index += 1) permitted(open, gate, until);
    const pauses = [0, 400, 2_000, 8_000].map((after) => {
      const answer = permitted(open, { ...gate, nextAt: 0 }, until + after);
      return answer.kind === "wait" ? answer.until - (until + after) : Number.NaN;
    });
    expect(pauses).toEqual([250, 250, 1_000, 4_000]);
  });

  test("is closed by the first word of an answer; what it went through makes the next opening longer until one is complete", () => {
    const open = faulted(FAULTS_THAT_OPEN);
    const until = open.shut?.until ?? 0;
    const closed = reported(open, { kind: "accepted", started_at: until }, until + 1);
    expect(permitted(closed, newGate(), until + 2)).toEqual({ kind: "go" });
    const again = faulted(FAULTS_THAT_OPEN, until + SECOND, closed);
    expect((again.shut?.until ?? 0) - (again.shut?.at ?? 0)).toBe(20 * SECOND);
    expect(reported(closed, { kind: "answered", started_at: until }, until + 3)).toBe(CLEAN);
  });
});

const step = fc.record({
  afterMs: fc.nat(20_000),
  report: fc.oneof(
    fc.record({ kind: fc.constantFrom("accepted" as const, "answered" as const), age: fc.nat(60_000) }),
    fc.record({
      kind: fc.constant("failed" as const),
      age: fc.nat(60_000),
      code: fc.constantFrom(...CODES),
      retryAfterMs: fc.option(fc.nat(10_000_000), { nil: undefined }),
      repeated: fc.boolean(),
    }),
  ),
});

/** What becomes of a clean circuit under any reports, with the time after the last one. */
function brought(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]): { circuit: Circuit; now: number } {
  let circuit = CLEAN;
  let now = T0;
  for (const { afterMs, report } of steps) {
    now += afterMs;
    const { age, ...rest } = report;
    circuit = reported(circuit, { ...rest, started_at: now - age } as CircuitReport, now);
  }
  return { circuit, now };
}

describe("whatever is reported", () => {
  test("the circuit lets a call through again within five minutes", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { circuit, now } = brought(steps);
        const later = now + 300_000;
        expect(permitted(circuit, newGate(), later).kind).not.toBe("wait");
        if (circuit.shut !== null) expect(reported(circuit, { kind: "answered", started_at: later }, later)).toBe(CLEAN);
      }),
    );
  });

  test("never more than three are let through at a time while it is shut, and nobody is given a time that is over", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.nat(2_000), { maxLength: 100 }), (steps, waits) => {
        const { circuit, now } = brought(steps);
        fc.pre(circuit.shut !== null);
        const gate = newGate();
        const gone: number[] = [];
        let at = now;
        for (const ms of waits) {
          at += ms;
          const answer = permitted(circuit, gate, at);
          if (answer.kind === "go") gone.push(at);
          if (answer.kind === "wait") expect(answer.until).toBeGreaterThan(at);
          expect(gone.filter((each) => each > at - 15_000).length).toBeLessThanOrEqual(MOST_PROBES);
        }
      }),
    );
  });

  test("a shut circuit opens later, never earlier, except by an answer", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), step, (steps, { afterMs, report }) => {
        const { circuit, now } = brought(steps);
        fc.pre(circuit.shut !== null && report.kind === "failed");
        const { age, ...rest } = report;
        const next = reported(circuit, { ...rest, started_at: now + afterMs - age } as CircuitReport, now + afterMs);
        if (next.shut !== null) expect(next.shut.until).toBeGreaterThanOrEqual(circuit.shut?.until ?? 0);
      }),
    );
  });
});
