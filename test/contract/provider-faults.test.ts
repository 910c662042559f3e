import { describe, expect, test } from "vitest";
import type { Scenario } from "../../simulator/scenario.ts";
import type { FailureCode } from "../../src/errors.ts";
import { SimulatedCall } from "./simulated-call.ts";
import { VENDOR_NAMES } from "./vendors.ts";

type Fault = { what: string; fault: NonNullable<Scenario["fault"]>["kind"]; status?: number; code: FailureCode };

const FAULTS: readonly Fault[] = [
  { what: "an error event", fault: "error_event", code: "provider_upstream" },
  { what: "an error event that says overloaded", fault: "error_event", status: 529, code: "provider_overloaded" },
  { what: "an error event that says rate limit", fault: "error_event", status: 429, code: "provider_rate_limited" },
  { what: "a clean end without the terminal event", fault: "close", code: "truncated_stream" },
  { what: "a lost connection", fault: "drop", code: "truncated_stream" },
  { what: "an event that is not JSON", fault: "malformed", code: "provider_upstream" },
];

describe.each(VENDOR_NAMES)("%s: fault", (vendor) => {
  describe.each([0, 2, 99])("after %i deltas", (after) => {
    test.each(FAULTS)("$what is $code, with what came before kept", async ({ fault, status, code }) => {
      const scenario: Scenario = {
        text: "one two three",
        delta_chars: 4,
        fault: { kind: fault, after },
        ...(status && { status }),
      };
      const call = new SimulatedCall(vendor, scenario);
      const failure = await call.failure();
      expect({ code: failure.code, free: failure.free }).toEqual({ code, free: false });
      expect(call.sink.texts).toEqual(["one ", "two ", "thre", "e"].slice(0, after));
      await expect.poll(() => call.request.ended_by).toBe("broken");
    });
  });

  test("a fault cut at every byte is still told apart", async () => {
    const fault = { kind: "error_event", after: 1 } as const;
    const failure = await new SimulatedCall(vendor, {
      text: "über alles",
      split_bytes: 1,
      delta_chars: 4,
      fault,
      status: 529,
    }).failure();
    expect(failure).toMatchObject({ code: "provider_overloaded", free: false });
  });

  test("no vendor at the address is provider_upstream", async () => {
    const failure = await new SimulatedCall(vendor, {}, { unreachable: true }).failure();
    expect(failure).toMatchObject({ code: "provider_upstream" });
  });
});

describe.each(VENDOR_NAMES)("%s: abort", (vendor) => {
  test("a silent stream is left at once and the vendor sees the connection close", async () => {
    const controller = new AbortController();
    const scenario: Scenario = { text: "one two", delta_chars: 4, fault: { kind: "hang", after: 1 } };
    const call = new SimulatedCall(vendor, scenario, { signal: controller.signal, onText: () => controller.abort() });
    await call.rejection();
    expect(call.text).toBe("one ");
    await expect.poll(() => call.request.ended_by).toBe("aborted");
  });

  test("an answer still waited for is given up at once", async () => {
    const controller = new AbortController();
    const call = new SimulatedCall(vendor, { headers_ms: 600_000 }, { signal: controller.signal });
    await expect.poll(() => call.requests.length).toBe(1);
    controller.abort();
    await call.rejection();
    await expect.poll(() => call.request.ended_by).toBe("aborted");
    expect(call.sink.texts).toEqual([]);
  });

  test("a signal that is aborted already sends nothing", async () => {
    const call = new SimulatedCall(vendor, { text: "too late" }, { signal: AbortSignal.abort() });
    await call.rejection();
    expect(call.requests).toEqual([]);
  });
});
