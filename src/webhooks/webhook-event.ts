import type { Announcement } from "../db/announced.ts";
import type { FlowRow } from "../db/flows.ts";
import type { BatchRow } from "../db/save-batch.ts";
import type { DelegationRow } from "../db/save-delegation.ts";
import { dollars } from "../lib/nanos.ts";
import { sha256Hex } from "../lib/sha256.ts";

/** All that an endpoint can be told of. */
export const WEBHOOK_EVENTS = [
  "delegation.completed",
  "delegation.failed",
  "delegation.cancelled",
  "delegation.needs-approval",
  "batch.completed",
  "batch.cancelled",
  "flow.completed",
  "flow.failed",
  "flow.cancelled",
  "budget.warning",
  "budget.exceeded",
] as const;
type WebhookEventType = (typeof WEBHOOK_EVENTS)[number];

/** What an endpoint is sent when it is tried out. */
export const TEST_EVENT = "webhook.test";

const KNOWN: ReadonlySet<string> = new Set(WEBHOOK_EVENTS);
const ID_DIGITS = 40;

/** One event before it is known who is told. `subject` is what it is about: with the type unique in the workspace. `at` in milliseconds. */
type Happening = { workspace: string; type: WebhookEventType; subject: string; at: number; data: object };
type Target = Pick<Announcement, "url" | "unless">;

/**
 * What is told of a task whose row this is, besides to endpoints to `url`; undefined when there is nothing to tell. Work that was only put
 * on record is not told of. No prompt, no output, and of an error only its code.
 */
export async function delegationEvent(row: DelegationRow, url: string | null): Promise<Announcement | undefined> {
  const { workspace, task_id, status, updated_at, completed_at, source, provider, model, cost_nanos, tokens_used } = row;
  const type = `delegation.${status}`;
  if (!isKnown(type) || source === "recorded") return undefined;
  const { batch_id, flow_id, flow_step, parent_task_id, error_code, properties } = row;
  const where = { batch_id, flow_id, flow_step, parent_task_id };
  const money = { cost: dollars(cost_nanos), cost_nanos, tokens_used };
  const data = {
    task_id,
    status,
    provider,
    model,
    ...money,
    ...where,
    error: codeOnly(error_code),
    properties: properties ?? {},
  };
  const unless = { table: "delegations", id: task_id, status } as const;
  return announcement({ workspace, type, subject: task_id, at: completed_at ?? updated_at, data }, { url, unless });
}

/** The same of a batch. */
export async function batchEvent(row: BatchRow, url: string | null): Promise<Announcement | undefined> {
  const { workspace, batch_id, status, updated_at, completed_at, counts, cost_nanos, tokens_used } = row;
  const type = `batch.${status}`;
  if (!isKnown(type) || completed_at === null) return undefined;
  const data = { batch_id, status, counts, cost: dollars(cost_nanos), cost_nanos, tokens_used };
  const unless = { table: "batches", id: batch_id, status } as const;
  return announcement({ workspace, type, subject: batch_id, at: completed_at ?? updated_at, data }, { url, unless });
}

/** The same of a flow. */
export async function flowEvent(row: FlowRow, url: string | null): Promise<Announcement | undefined> {
  const { workspace, flow_id, pattern, status, completed_at, cost_nanos, tokens_used, error_code } = row;
  const type = `flow.${status}`;
  if (!isKnown(type) || completed_at === null) return undefined;
  const money = { cost: dollars(cost_nanos), cost_nanos, tokens_used };
  const data = { flow_id, pattern, status, ...money, error: codeOnly(error_code) };
  const unless = { table: "flows", id: flow_id, status } as const;
  return announcement({ workspace, type, subject: flow_id, at: completed_at, data }, { url, unless });
}

/** What a budget came to in one of its periods: `share` of its limit is spent. */
export type BudgetAlert = {
  workspace: string;
  budget: string;
  period_start: number;
  kind: "warning" | "exceeded";
  share: number;
  at: number;
};

export function budgetEvent({ workspace, budget, period_start, kind, share, at }: BudgetAlert): Promise<Announcement> {
  const data = { budget, share, period_start: new Date(period_start).toISOString() };
  const subject = [budget, period_start, share].join("/");
  return announcement({ workspace, type: `budget.${kind}`, subject, at, data }, { url: null, unless: null });
}

/** The body that a receiver gets. */
export const payloadOf = (type: string, at: number, data: object): string =>
  JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });

/** What an event can be of, as filters of deliveries name it, and the beginning of its type. */
const KINDS = { task_id: "delegation.", batch_id: "batch.", flow_id: "flow." } as const;
export const SUBJECTS = ["task_id", "batch_id", "flow_id"] as const;

/** The ids of all events that tell of a task, batch or flow; undefined when none is named. */
export async function eventIdsOf(
  workspace: string,
  of: { [name in keyof typeof KINDS]?: string | undefined },
): Promise<string[] | undefined> {
  const name = SUBJECTS.find((each) => of[each] !== undefined);
  if (name === undefined) return undefined;
  const types = WEBHOOK_EVENTS.filter((type) => type.startsWith(KINDS[name]));
  return Promise.all(types.map((type) => eventId(workspace, type, of[name] ?? "")));
}

const eventId = async (workspace: string, type: string, subject: string): Promise<string> =>
  (await sha256Hex([workspace, type, subject].join("\n"))).slice(0, ID_DIGITS);

async function announcement({ workspace, type, subject, at, data }: Happening, target: Target): Promise<Announcement> {
  const id = await eventId(workspace, type, subject);
  return { workspace, type, id, payload: payloadOf(type, at, data), ...target };
}

const isKnown = (type: string): type is WebhookEventType => KNOWN.has(type);
const codeOnly = (code: string | null) => (code === null ? null : { code });
