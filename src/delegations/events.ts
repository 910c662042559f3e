import { z } from "zod";
import { PROVIDER_IDS } from "../providers/provider.ts";
import { Failure, Repair, STATUSES, UsageRecord, Warning } from "./delegation.ts";

const ITEM_TYPES = [
  "agent_message",
  "reasoning",
  "command_execution",
  "file_change",
  "mcp_tool_call",
  "web_search",
  "todo_list",
  "error",
] as const;

const Item = z.object({ id: z.string(), type: z.enum(ITEM_TYPES), text: z.string().optional() });
const provider = z.enum(PROVIDER_IDS);
const number = z.int().meta({ description: "The attempt, 1, 2, 3 …" });

/** What happened, before it has its place in the log. */
export const EventBody = z.discriminatedUnion("type", [
  z.object({ type: z.literal("thread.started") }),
  z.object({ type: z.literal("approval.requested") }),
  z.object({
    type: z.literal("approval.resolved"),
    decision: z.enum(["approved", "rejected", "expired"]),
    by: z.string().nullable(),
  }),
  z.object({ type: z.literal("turn.started"), number, provider, model: z.string(), repair: Repair.optional() }),
  z.object({ type: z.literal("item.started"), item: Item }),
  z.object({ type: z.literal("item.updated"), item: Item.omit({ text: true }), delta: z.string() }),
  z.object({ type: z.literal("item.completed"), item: Item }),
  z.object({ type: z.literal("turn.warning"), number, warning: Warning }),
  z.object({
    type: z.literal("turn.completed"),
    number,
    usage: UsageRecord,
    cost: z.number().nullable(),
    cost_nanos: z.int().nullable(),
  }),
  z.object({
    type: z.literal("turn.failed"),
    number,
    error: Failure,
    usage: UsageRecord,
    cost: z.number().nullable(),
    cost_nanos: z.int().nullable(),
    retry_at: z.iso.datetime().nullable().meta({ description: "When the next attempt is due; null when none follows." }),
  }),
  z.object({ type: z.literal("thread.completed"), status: z.enum(STATUSES), error: Failure.nullable() }),
  z.object({ type: z.literal("thread.deleted") }),
]);
export type EventBody = z.infer<typeof EventBody>;

/** One entry of a task's log. `seq` is 1, 2, 3 … without gaps and never changes; `at` is ISO 8601. */
export const DelegationEvent = z
  .intersection(z.object({ seq: z.int(), at: z.iso.datetime(), task_id: z.string() }), EventBody)
  .meta({ id: "DelegationEvent" });
export type DelegationEvent = { seq: number; at: string; task_id: string } & EventBody;
