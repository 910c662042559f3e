import { z } from "zod";
import { DelegationInput, WebhookUrl } from "../delegations/delegation.ts";
import { TaskResult } from "../delegations/task-result.ts";

export const MAX_TASKS = 1_000;
/** Of all tasks as JSON, defaults applied: what is passed to the batch's object at once. */
export const MAX_BATCH_BYTES = 24_000_000;

/** Shorter than a task's id: a task without one gets `<batch_id>.<index>`. */
export const BatchId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$/, "must be 1–120 of A–Z a–z 0–9 . _ : - and begin with a letter or digit")
  .meta({ description: "Unique in the workspace; generated when absent.", example: "nightly-2026-11-22" });

/** The body of `POST /v1/batches`. */
export const BatchInput = z
  .strictObject({
    tasks: z
      .array(DelegationInput)
      .min(1)
      .meta({ maxItems: MAX_TASKS, description: "1–1,000 delegations. One without a `task_id` gets `<batch_id>.<index>`." }),
    batch_id: BatchId.optional(),
    max_concurrency: z.int().min(1).max(MAX_TASKS).optional().meta({
      description:
        "At most so many are started to run at once; those that wait for approval do not count, and run at once when they are approved, beyond it if need be. Absent: all.",
    }),
    webhook_url: WebhookUrl.optional().meta({
      description:
        "Is told when the batch has ended, besides the workspace's endpoints. Of each task its own `webhook_url` is told.",
    }),
    defaults: DelegationInput.omit({ prompt: true, task_id: true }).optional().meta({
      description: "Fields of every task that does not name them. A task's own provider or model replaces both of these.",
    }),
  })
  .meta({ id: "BatchInput", description: "Delegations that are accepted all together or not at all, and run in parallel." });
export type BatchInput = z.infer<typeof BatchInput>;

const Dollars = z.number().nullable().meta({ description: "US dollars; null = not known." });
const Nanos = z.int().nullable().meta({ description: "Nano-dollars, exact; null = not known." });
const Status = z.enum(["in-progress", "completed", "cancelled"]).meta({
  description: "`completed` when every task has ended, however it did; `cancelled` when the batch was cancelled before.",
});
const Counts = z.object({
  total: z.int(),
  pending: z.int(),
  in_progress: z.int(),
  needs_approval: z.int(),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});
export type BatchCounts = z.infer<typeof Counts>;

/** A batch as the API shows it. */
export const Batch = z
  .object({
    batch_id: z.string(),
    status: Status,
    created_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
    max_concurrency: z.int().nullable(),
    created_by: z.string(),
    counts: Counts,
    tokens_used: z.int(),
    cost: Dollars,
    cost_nanos: Nanos,
    results: z.record(z.string(), TaskResult.meta({ id: "BatchResult" })).meta({ description: "Every task by its id." }),
  })
  .meta({ id: "Batch" });
export type Batch = z.infer<typeof Batch>;
export type BatchStatus = Batch["status"];
