import type { Api } from "./api.ts";
import { Health, healthOf } from "./health.ts";
import { HealthCheck } from "./health-check.ts";
import type { Operation } from "./operation.ts";

const VENDORS = [
  { provider: "claude", status: "ok", open_circuits: 0, last_fault: null },
  { provider: "codex", status: "not_configured", open_circuits: 0, last_fault: null },
] as const;

const health = {
  method: "get",
  path: "/health",
  id: "getHealth",
  tag: "Service",
  scope: null,
  summary: "Whether the service works",
  description:
    "Says part by part how the database, the queues, the sweep and the vendors are. 200 while work is taken, even when a part is " +
    "degraded; 503 when none is, with the part at fault in `errors`. What it says is at most five seconds old while somebody asks.",
  successes: {
    200: {
      description: "Work is taken.",
      schema: Health,
      example: healthOf({
        now: Date.UTC(2026, 10, 22, 12),
        simulated: false,
        overdueSince: null,
        queues: { delegations: { count: 0, oldestAt: null }, webhooks: { count: 0, oldestAt: null } },
        vendors: [...VENDORS],
      }),
    },
  },
  errors: [],
} as const satisfies Operation;

/** `now` in milliseconds. */
export function addHealthRoute(api: Api, now: () => number = Date.now): void {
  const check = new HealthCheck(now);
  api.add(health, async ({ context, config }) => context.json(await check.health(context, config)));
}
