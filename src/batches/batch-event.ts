import { z } from "zod";
import { Delegation } from "../delegations/delegation.ts";
import { Batch } from "./batch.ts";

/** What happened in a batch, before it has its place in the log. */
const BatchEventBody = z.discriminatedUnion("type", [
  z.object({ type: z.literal("task.started"), task_id: z.string() }),
  z.object({
    type: z.literal("task.completed"),
    task_id: z.string(),
    delegation: Delegation.omit({ prompt: true })
      .extend({ output_truncated: z.boolean() })
      .meta({ description: "The delegation without its prompt, its output cut to 16,384 bytes." }),
  }),
  z.object({ type: z.literal("batch.completed"), status: Batch.shape.status, counts: Batch.shape.counts }),
]);

/** One entry of a batch's log. `seq` is 1, 2, 3 … without gaps and never changes; `at` is ISO 8601. */
export const BatchEvent = z
  .intersection(z.object({ seq: z.int(), at: z.iso.datetime(), batch_id: z.string() }), BatchEventBody)
  .meta({ id: "BatchEvent" });
export type BatchEvent = { seq: number; at: string; batch_id: string } & z.infer<typeof BatchEventBody>;
