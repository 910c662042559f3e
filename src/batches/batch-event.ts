import { z } from "zod";
import { Delegation } from "../delegations/delegation.ts";
import { Batch, type BatchCounts, type BatchStatus } from "./batch.ts";
import type { StoredEvents } from "./batch-store.ts";

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

type BatchEventBody = z.infer<typeof BatchEventBody>;

/** One entry of a batch's log. `seq` is 1, 2, 3 … without gaps and never changes; `at` is ISO 8601. */
export const BatchEvent = z
  .intersection(z.object({ seq: z.int(), at: z.iso.datetime(), batch_id: z.string() }), BatchEventBody)
  .meta({ id: "BatchEvent" });
export type BatchEvent = { seq: number; at: string; batch_id: string } & BatchEventBody;

/** What is told of a batch besides what its rows say. */
type Told = { batch_id: string; taskIds: readonly string[]; ending: () => { status: BatchStatus; counts: BatchCounts } };

/** The events of one stored row, without their places in the log. */
export function batchEvents(
  stored: StoredEvents,
  { batch_id, taskIds, ending }: Told,
): ({ batch_id: string } & BatchEventBody)[] {
  if (stored.kind === "completed") return [{ batch_id, type: "batch.completed", ...ending() }];
  if (stored.kind === "ended") {
    const { report } = stored;
    return [{ batch_id, type: "task.completed", task_id: report.task_id, delegation: report }];
  }
  return stored.tasks.map((index) => ({ batch_id, type: "task.started", task_id: taskIds[index] ?? "" }));
}
