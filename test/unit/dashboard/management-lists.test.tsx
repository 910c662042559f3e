import { describe, expect, test } from "vitest";
import type { BudgetRecord } from "../../../src/client/budgets.ts";
import type { KeyRecord } from "../../../src/client/keys.ts";
import type { DeliveryRecord } from "../../../src/client/webhooks.ts";
import { SecretOnce } from "../../../src/dashboard/components/secret-once.tsx";
import { AUDIT_ACTIONS, AUDIT_WORDS, auditWords, detailText } from "../../../src/dashboard/pages/audit-words.ts";
import { BudgetList } from "../../../src/dashboard/pages/budget-list.tsx";
import { attemptText, DeliveryList } from "../../../src/dashboard/pages/delivery-list.tsx";
import { KeyList, keyState } from "../../../src/dashboard/pages/key-list.tsx";
import { webhookState } from "../../../src/dashboard/pages/webhooks.tsx";
import type { Visit } from "../../../src/dashboard/visit.ts";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const PAST = "2026-11-22T11:00:00.000Z";
const FUTURE = "2026-11-22T13:00:00.000Z";

/** Of a visit, what lists look at. */
const visit = (scopes: readonly string[] = ["admin"], keyId = "owner") =>
  ({ token: "t0k3n", now: NOW, may: (scope: string) => scopes.includes(scope), caller: { keyId } }) as unknown as Visit;

const key: KeyRecord = {
  id: "key_1",
  name: "ci",
  scopes: ["delegate", "read"],
  hint: "x4Zq",
  defaultAgent: null,
  createdAt: PAST,
  createdBy: "owner",
  expiresAt: null,
  revokedAt: null,
  rotatedTo: null,
};

describe("a list of keys", () => {
  test.each([
    ["active", {}],
    ["active", { expiresAt: FUTURE }],
    ["expired", { expiresAt: PAST }],
    ["revoked", { revokedAt: PAST, expiresAt: PAST }],
    ["replaced", { rotatedTo: "key_2", expiresAt: FUTURE }],
  ] as const)("says %s of a key with %j", (state, change) => expect(keyState({ ...key, ...change }, NOW)).toBe(state));

  test("offers to rotate and revoke what works, each with the token", () => {
    const markup = drawn(<KeyList keys={[key]} visit={visit()} />);
    expect(markup).toContain('action="/keys/key_1/rotate"');
    expect(markup).toContain('action="/keys/key_1/revoke"');
    expect(markup.split('value="t0k3n"')).toHaveLength(3);
  });

  test("offers nothing for a key that works no more", () => {
    expect(drawn(<KeyList keys={[{ ...key, revokedAt: PAST }]} visit={visit()} />)).not.toContain("<form");
  });

  test("warns whoever is about to revoke the key they came with", () => {
    expect(drawn(<KeyList keys={[key]} visit={visit(["admin"], "key_1")} />)).toContain("you will be signed out");
    expect(drawn(<KeyList keys={[key]} visit={visit()} />)).not.toContain("you will be signed out");
  });

  test("says what keys are for while there are none", () => {
    expect(drawn(<KeyList keys={[]} visit={visit()} />)).toContain("No keys yet");
  });

  test("is inert", () => expectInert(drawn(<KeyList keys={[{ ...key, name: HOSTILE, hint: HOSTILE }]} visit={visit()} />)));
});

const budget: BudgetRecord = {
  name: "team-day",
  scope: "workspace",
  subject: null,
  period: "day",
  periodStart: "2026-11-22T00:00:00.000Z",
  limit: 10,
  limitNanos: 10_000_000_000,
  spent: 2.5,
  spentNanos: 2_500_000_001,
  reserved: 0.5,
  reservedNanos: 500_000_000,
  remaining: 7,
  remainingNanos: 6_999_999_999,
  warnAt: [0.8],
  warnings: [],
  exceededAt: null,
  allowUnpriced: false,
  createdAt: PAST,
  updatedAt: PAST,
};

describe("a list of budgets", () => {
  test("tells what is spent, held and left to the nano-dollar", () => {
    const markup = drawn(<BudgetList budgets={[budget]} visit={visit()} />);
    for (const amount of ["$2.500000001", "$0.50", "$6.999999999"]) expect(markup).toContain(amount);
  });

  test("says what has happened: a share that was reached, a limit that is exhausted, models without prices", () => {
    const told = { ...budget, warnings: [{ atShare: 0.8, at: PAST }], exceededAt: PAST, allowUnpriced: true };
    const markup = drawn(<BudgetList budgets={[told]} visit={visit()} />);
    for (const words of ["80 % was reached", "Exhausted", "is not counted"]) expect(markup).toContain(words);
    expect(drawn(<BudgetList budgets={[budget]} visit={visit()} />)).not.toMatch(/was reached|Exhausted|is not counted/);
  });

  test("offers changes to administrators alone", () => {
    expect(drawn(<BudgetList budgets={[budget]} visit={visit()} />)).toContain('action="/budgets/team-day/delete"');
    expect(drawn(<BudgetList budgets={[budget]} visit={visit(["read"])} />)).not.toContain("<form");
  });

  test("is inert", () => expectInert(drawn(<BudgetList budgets={[{ ...budget, subject: HOSTILE }]} visit={visit()} />)));
});

const attempt = {
  at: PAST,
  url: "https://example.com/hooks",
  requestHeaders: {},
  status: 500,
  responseExcerpt: "down for repairs",
  error: null,
  ms: 31,
};
const delivery: DeliveryRecord = {
  id: "dlv_1",
  webhookId: "wh/1",
  url: "https://example.com/hooks",
  messageId: "msg_1",
  type: "delegation.completed",
  status: "pending",
  createdAt: PAST,
  deliveredAt: null,
  nextAttemptAt: FUTURE,
  attempts: [attempt],
  payload: '{"type":"delegation.completed"}',
};

describe("a list of deliveries", () => {
  test("shows what is sent, what was answered and when it is tried again", () => {
    const markup = drawn(<DeliveryList deliveries={[delivery]} webhookId="wh/1" visit={visit()} />);
    for (const text of ["HTTP 500 after 31 ms", "down for repairs", "2026-11-22 13:00:00 UTC", "delegation.completed"])
      expect(markup).toContain(text);
    expect(markup).toContain('action="/webhooks/wh%2F1/deliveries/dlv_1"');
  });

  test.each([
    ["HTTP 204 after 5 ms", { status: 204, ms: 5 }],
    ["connection refused after 31 ms", { status: null, error: "connection refused" }],
    ["no answer after 31 ms", { status: null }],
  ])("says %j of an attempt", (words, change) => expect(attemptText({ ...attempt, ...change })).toBe(words));

  test("is inert", () => {
    const hostile = { ...delivery, payload: HOSTILE, attempts: [{ ...attempt, responseExcerpt: HOSTILE }] };
    expectInert(drawn(<DeliveryList deliveries={[hostile]} webhookId="w" visit={visit()} />));
  });
});

test("an endpoint is enabled, failing or disabled", () => {
  expect(webhookState({ enabled: true, failingSince: null })).toBe("enabled");
  expect(webhookState({ enabled: true, failingSince: PAST })).toBe("failing");
  expect(webhookState({ enabled: false, failingSince: PAST })).toBe("disabled");
});

describe("the words of the audit", () => {
  test.each(AUDIT_ACTIONS)("read %s as a sentence", (action) => {
    expect(AUDIT_WORDS[action]).toMatch(/^[a-z]/);
    expect(auditWords(action)).toBe(AUDIT_WORDS[action]);
  });

  test.each(["toString", "team.renamed"])("leave %s as it is", (action) => expect(auditWords(action)).toBe(action));

  test("say what is told besides in one line", () => {
    expect(detailText({ scopes: ["read"], limit: 5, name: "ci" })).toBe('scopes: ["read"] · limit: 5 · name: ci');
    expect(detailText(null)).toBe("");
  });
});

test("a secret stands on its page as text, with the way back", () => {
  const markup = drawn(
    <SecretOnce secret={HOSTILE} back={{ href: "/keys", text: "To all keys" }}>
      Keep it.
    </SecretOnce>,
  );
  expectInert(markup);
  expect(markup).toContain('<a href="/keys">To all keys</a>');
});
