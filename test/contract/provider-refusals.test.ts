import { describe, expect, test } from "vitest";
import type { Scenario } from "../../simulator/scenario.ts";
import type { FailureCode } from "../../src/errors.ts";
import { SimulatedCall } from "./simulated-call.ts";
import { VENDOR_NAMES, type VendorName } from "./vendors.ts";

type Refusal = {
  what: string;
  scenario: Scenario & { status: number };
  code: FailureCode;
  retryAfterMs?: number;
  /** The vendors that refuse in this way; default all. */
  vendors?: readonly VendorName[];
};

const REFUSALS: readonly Refusal[] = [
  { what: "a body it does not accept", scenario: { status: 400 }, code: "provider_invalid_request" },
  { what: "a prompt too long", scenario: { status: 400, error: "context_overflow" }, code: "context_exceeded" },
  { what: "a wrong key", scenario: { status: 401 }, code: "provider_auth" },
  { what: "an unpaid account", scenario: { status: 402 }, code: "provider_quota_exhausted" },
  { what: "a key without the right", scenario: { status: 403 }, code: "provider_auth" },
  { what: "an unknown model", scenario: { status: 404 }, code: "model_not_found" },
  { what: "a request it waited for in vain", scenario: { status: 408 }, code: "provider_upstream" },
  { what: "a body too large", scenario: { status: 413 }, code: "context_exceeded" },
  { what: "a body it cannot process", scenario: { status: 422 }, code: "provider_invalid_request" },
  { what: "a burst", scenario: { status: 429 }, code: "provider_rate_limited" },
  { what: "a burst, with a wait", scenario: { status: 429, retry_after: 7 }, code: "provider_rate_limited", retryAfterMs: 7_000 },
  { what: "a spent quota", scenario: { status: 429, error: "quota_exhausted" }, code: "provider_quota_exhausted" },
  {
    what: "an empty balance",
    scenario: { status: 400, error: "quota_exhausted" },
    code: "provider_quota_exhausted",
    vendors: ["claude"],
  },
  { what: "an enforced spend limit", scenario: { status: 429, error: "spend_limit" }, code: "provider_quota_exhausted" },
  {
    what: "a spend limit that the organisation set",
    scenario: { status: 400, error: "spend_limit" },
    code: "provider_quota_exhausted",
    vendors: ["claude"],
  },
  { what: "a fault of its own", scenario: { status: 500 }, code: "provider_upstream" },
  { what: "a bad gateway", scenario: { status: 502 }, code: "provider_upstream" },
  { what: "overload as 503", scenario: { status: 503 }, code: "provider_overloaded" },
  {
    what: "overload, with a wait",
    scenario: { status: 503, retry_after: 1.5 },
    code: "provider_overloaded",
    retryAfterMs: 1_500,
  },
  { what: "overload as 529", scenario: { status: 529 }, code: "provider_overloaded" },
];

describe.each(VENDOR_NAMES)("%s: refusal", (vendor) => {
  const refusals = REFUSALS.filter(({ vendors }) => vendors === undefined || vendors.includes(vendor));

  test.each(refusals)("$scenario.status for $what is $code, free and asked once", async ({ scenario, code, retryAfterMs }) => {
    const call = new SimulatedCall(vendor, scenario);
    const { code: failed, free, retryAfterMs: wait, message } = await call.failure();
    expect({ failed, free, wait }).toEqual({ failed: code, free: true, wait: retryAfterMs });
    expect(message).toContain(String(scenario.status));
    expect(call.request.status).toBe(scenario.status);
    expect([call.text, call.reasoning]).toEqual(["", ""]);
  });
});
