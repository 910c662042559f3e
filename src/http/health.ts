import { z } from "zod";
import { PROVIDER_IDS } from "../providers/provider.ts";
import { VERSION } from "./version.ts";

/** The sweep comes every minute, and lets a minute pass before it calls anything late. */
const SWEEP_LATE_MS = 5 * 60_000;
/** Longer than the delay with which any message is sent. */
const MESSAGE_OLD_MS = 10 * 60_000;

const Seconds = z.int().nullable();

const QueueHealth = z
  .object({
    status: z.enum(["ok", "degraded", "unknown"]),
    backlog: z.int().nullable().meta({ description: "Messages that wait; null when the queue does not tell." }),
    oldest_seconds: Seconds.meta({ description: "How long the oldest of them waits." }),
  })
  .meta({ id: "QueueHealth" });

const VendorHealth = z
  .object({
    provider: z.enum(PROVIDER_IDS),
    status: z.enum(["ok", "degraded", "not_configured"]),
    open_circuits: z.int().meta({ description: "Models of it that calls are kept from, or that a few calls probe." }),
    last_fault: z.object({ code: z.string(), at: z.iso.datetime() }).nullable().meta({
      description: "The last that went wrong with any of its models and that no success followed.",
    }),
  })
  .meta({ id: "VendorHealth" });
export type VendorHealth = z.infer<typeof VendorHealth>;

/** The answer of `GET /health`. */
export const Health = z
  .object({
    status: z.enum(["ok", "degraded"]).meta({
      description: "degraded: work is taken, but a part below is not as it should be. What takes no work answers 503.",
    }),
    version: z.string(),
    simulated: z.boolean().meta({ description: "True when the vendors are simulated: nothing is real, nothing is paid." }),
    checked_at: z.iso.datetime().meta({ description: "At most some seconds ago." }),
    database: z.object({ status: z.literal("ok") }),
    queues: z.object({ delegations: QueueHealth, webhooks: QueueHealth }),
    sweep: z.object({
      status: z.enum(["ok", "degraded"]),
      overdue_seconds: Seconds.meta({ description: "How long it is late with what it is latest with; null: with nothing." }),
    }),
    vendors: z.array(VendorHealth),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;

/** What a queue tells of itself; undefined: it did not answer. `oldestAt` in milliseconds. */
export type Backlog = { count: number; oldestAt: number | null } | undefined;

/** What was found, times in milliseconds. */
export type Found = {
  now: number;
  simulated: boolean;
  overdueSince: number | null;
  queues: { delegations: Backlog; webhooks: Backlog };
  vendors: VendorHealth[];
};

/** What the findings say, part by part and as a whole. A deployment without any vendor is degraded. */
export function healthOf({ now, simulated, overdueSince, queues, vendors }: Found): Health {
  const lateMs = overdueSince === null ? 0 : now - overdueSince;
  const sweep = { status: lateMs > SWEEP_LATE_MS ? ("degraded" as const) : ("ok" as const), overdue_seconds: seconds(lateMs) };
  const told = { delegations: queueHealth(queues.delegations, now), webhooks: queueHealth(queues.webhooks, now) };
  const isDegraded =
    [sweep, ...Object.values(told), ...vendors].some(({ status }) => status === "degraded") ||
    vendors.every(({ status }) => status === "not_configured");
  return {
    status: isDegraded ? "degraded" : "ok",
    version: VERSION,
    simulated,
    checked_at: new Date(now).toISOString(),
    database: { status: "ok" },
    queues: told,
    sweep,
    vendors,
  };
}

function queueHealth(backlog: Backlog, now: number): z.infer<typeof QueueHealth> {
  if (backlog === undefined) return { status: "unknown", backlog: null, oldest_seconds: null };
  const ageMs = backlog.oldestAt === null ? 0 : now - backlog.oldestAt;
  return { status: ageMs > MESSAGE_OLD_MS ? "degraded" : "ok", backlog: backlog.count, oldest_seconds: seconds(ageMs) };
}

const seconds = (ms: number): number | null => (ms <= 0 ? null : Math.round(ms / 1_000));
