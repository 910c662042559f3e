import { z } from "zod";

/** How many tasks one message starts: a few messages are delivered at once, and one that fails is soon done again. */
const TASKS_PER_MESSAGE = 25;
/** What the platform takes in one `sendBatch`; ids alone stay far below its 256 KB. */
export const MESSAGES_PER_SEND = 100;

/** A message on the queue `delegations`: which tasks of a batch to start. Ids only; the batch's object has the rest. */
export const StartMessage = z.strictObject({
  workspace: z.string().min(1),
  batch_id: z.string().min(1),
  task_ids: z.array(z.string().min(1)).min(1),
});
export type StartMessage = z.infer<typeof StartMessage>;

export function startMessages(of: Pick<StartMessage, "workspace" | "batch_id">, taskIds: readonly string[]): StartMessage[] {
  const count = Math.ceil(taskIds.length / TASKS_PER_MESSAGE);
  return Array.from({ length: count }, (_, index) => ({
    workspace: of.workspace,
    batch_id: of.batch_id,
    task_ids: taskIds.slice(index * TASKS_PER_MESSAGE, (index + 1) * TASKS_PER_MESSAGE),
  }));
}
