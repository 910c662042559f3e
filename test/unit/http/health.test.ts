import { describe, expect, test } from "vitest";
import { type Found, Health, healthOf } from "../../../src/http/health.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const vendor = (status: "ok" | "degraded" | "not_configured") => ({
  provider: "claude" as const,
  status,
  open_circuits: status === "degraded" ? 1 : 0,
  last_fault: null,
});
const empty = { count: 0, oldestAt: null };
const health = (found: Partial<Found> = {}) =>
  healthOf({
    now: NOW,
    simulated: false,
    overdueSince: null,
    queues: { delegations: empty, webhooks: empty },
    vendors: [vendor("ok"), vendor("not_configured")],
    ...found,
  });

describe("healthOf", () => {
  test("with nothing late, nothing waiting and no circuit open all is ok", () => {
    expect(health()).toMatchObject({
      status: "ok",
      checked_at: "2026-11-22T12:00:00.000Z",
      database: { status: "ok" },
      queues: { delegations: { status: "ok", backlog: 0, oldest_seconds: null } },
      sweep: { status: "ok", overdue_seconds: null },
    });
    expect(() => Health.parse(health())).not.toThrow();
  });

  test("a sweep that is late for more than five minutes is degraded, and the whole with it", () => {
    expect(health({ overdueSince: NOW - 5 * MINUTE })).toMatchObject({
      status: "ok",
      sweep: { status: "ok", overdue_seconds: 300 },
    });
    expect(health({ overdueSince: NOW - 6 * MINUTE })).toMatchObject({
      status: "degraded",
      sweep: { status: "degraded", overdue_seconds: 360 },
    });
  });

  test.each(["delegations", "webhooks"] as const)(
    "a message that waits for more than ten minutes degrades the queue %s",
    (name) => {
      const queues = (ageMs: number) => ({ delegations: empty, webhooks: empty, [name]: { count: 7, oldestAt: NOW - ageMs } });
      expect(health({ queues: queues(10 * MINUTE) }).status).toBe("ok");
      const old = health({ queues: queues(11 * MINUTE) });
      expect(old.status).toBe("degraded");
      expect(old.queues[name]).toEqual({ status: "degraded", backlog: 7, oldest_seconds: 660 });
    },
  );

  test("a queue that does not tell is unknown, which alone degrades nothing", () => {
    const told = health({ queues: { delegations: undefined, webhooks: empty } });
    expect(told.queues.delegations).toEqual({ status: "unknown", backlog: null, oldest_seconds: null });
    expect(told.status).toBe("ok");
  });

  test("an open circuit of a vendor degrades the whole, and so does having no vendor at all", () => {
    expect(health({ vendors: [vendor("ok"), vendor("degraded")] }).status).toBe("degraded");
    expect(health({ vendors: [vendor("not_configured"), vendor("not_configured")] }).status).toBe("degraded");
  });
});
