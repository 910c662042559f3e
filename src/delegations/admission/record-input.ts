import { z } from "zod";
import { BudgetModeWord, ComplexityWord, TaskTypeWord } from "../../models/task-words.ts";
import { OUTCOMES } from "../../providers/provider.ts";
import { Delegation, DelegationInput, Json, TaskId, UsageRecord } from "../delegation.ts";

const { shape } = DelegationInput;
const name = z.string().min(1).max(200);
const tokens = z.int().min(0).max(1_000_000_000);

/** A time as callers write it, in milliseconds since the epoch. */
const Time = z.iso
  .datetime({ offset: true })
  .meta({ example: "2026-11-22T10:30:45.123Z" })
  .transform((text) => Date.parse(text));

export const Score = z.number().min(0).max(1).meta({ description: "0 to 1." });
export const ScoreComment = z.string().max(2_000);

const Fields = {
  task_id: TaskId.optional(),
  prompt: z.string().optional().meta({ description: "What was asked. At most 1,000,000 UTF-8 bytes." }),
  agent: z.string().min(1).max(63).optional().meta({ description: "Who did it; any name. Default `default`." }),
  status: z.enum(["completed", "failed", "cancelled"]).optional().meta({ description: "How it ended. Default `completed`." }),
  created_at: Time.optional().meta({ description: "Default: when it was started, else when it ended." }),
  started_at: Time.nullable().optional(),
  completed_at: Time.optional().meta({ description: "When it ended; now unless given." }),
  output: z.string().nullable().optional().meta({ description: "What came out of it. At most 1,000,000 UTF-8 bytes." }),
  output_tokens: tokens.optional().meta({ description: "Short for `usage.output_tokens`." }),
  tokens_used: tokens.optional().meta({ description: "Input and output together; their sum unless given." }),
  usage: z.strictObject(Object.fromEntries(Object.keys(UsageRecord.shape).map((field) => [field, tokens.optional()]))).optional(),
  provider: name.optional().meta({ description: "Any name; that of the model when this service knows it, else `unknown`." }),
  model: name.nullable().optional().meta({ description: "Any name." }),
  requested_model: name.nullable().optional(),
  cost: z.number().min(0).max(1_000_000).nullable().optional().meta({ description: "US dollars; null = not known." }),
  cost_nanos: z.int().min(0).max(1_000_000_000_000_000).nullable().optional().meta({ description: "Instead of `cost`." }),
  error: z
    .strictObject({ code: z.string().min(1).max(100), message: z.string().max(2_000) })
    .nullable()
    .optional()
    .meta({ description: "Why it failed or was cancelled." }),
  outcome: z.enum(OUTCOMES).nullable().optional(),
  task_type: TaskTypeWord.nullable().optional(),
  complexity: ComplexityWord.nullable().optional(),
  budget_mode: BudgetModeWord.nullable().optional(),
  properties: shape.properties,
  parent_task_id: shape.parent_task_id,
  score: Score.nullable().optional(),
  score_comment: ScoreComment.nullable().optional(),
};

/** The body of `POST /v1/records`. */
export const RecordInput = z.object(Fields).catchall(Json).meta({
  id: "RecordInput",
  description:
    "Work that was done elsewhere. A field that no delegation has becomes one of its `properties`; one that only work done here has (`attempts`, `batch_id` …) is refused.",
});
export type RecordInput = z.infer<z.ZodObject<typeof Fields>>;
/** The same as callers write it: times are ISO 8601. Of the extras it says nothing. */
export type RecordBody = z.input<z.ZodObject<typeof Fields>>;

/** What of a body is no field of a record. */
export function extrasOf(body: object): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries(body).filter(([field]) => !Object.hasOwn(Fields, field)));
}

/** Whether only work that was done here has such a field. */
export const isOnlyOurs = (field: string): boolean => Object.hasOwn(Delegation.shape, field) || Object.hasOwn(shape, field);
