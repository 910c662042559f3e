import type { BatchProtocol, StartResult } from "../batches/batch-rpc.ts";
import { StartMessage } from "../batches/start-message.ts";
import { answersFromCache, type CacheBindings } from "../delegations/admission/answers-from-cache.ts";
import type { CachedAnswer, DelegationProtocol, DelegationSpec } from "../delegations/delegation-rpc.ts";
import { reportOf } from "../delegations/task-report.ts";
import { describeError, log } from "../lib/log.ts";

/** What the consumer reaches. */
export type ConsumerBindings = CacheBindings & { BATCHES: { getByName(name: string): object } };

/**
 * Starts the tasks that the messages name, and tells their batches. Never waits for a model call. Each message is settled by
 * itself: one that nobody can read is logged and dropped, one that could not be carried out comes again. Messages may be lost,
 * doubled and late: the batch says what is still to be started, and sends again what is not.
 */
export async function consumeDelegations(batch: MessageBatch, env: ConsumerBindings): Promise<void> {
  await Promise.all(batch.messages.map((message) => settle(message, env)));
}

async function settle(message: Message, env: ConsumerBindings): Promise<void> {
  const parsed = StartMessage.safeParse(message.body);
  if (!parsed.success) {
    log.error({ messageId: message.id }, "a message that is no start of tasks was dropped");
    return message.ack();
  }
  const { workspace, batch_id: batchId } = parsed.data;
  try {
    if (await start(parsed.data, env)) message.ack();
    else message.retry();
  } catch (cause) {
    log.error({ workspace, batchId, cause: describeError(cause) }, "tasks of a batch could not be started");
    message.retry();
  }
}

/** True when every task was started, or need not be. */
async function start({ workspace, batch_id, task_ids }: StartMessage, env: ConsumerBindings): Promise<boolean> {
  const batch = env.BATCHES.getByName(`${workspace}/${batch_id}`) as BatchProtocol;
  const outcome = await batch.specsOf(task_ids);
  if (outcome.kind === "unknown") {
    log.error({ workspace, batchId: batch_id }, "a message of an unknown batch was dropped");
    return true;
  }
  if (outcome.specs.length === 0) return true;
  const answers = await answersFromCache(outcome.specs, env, Date.now());
  const starts = await Promise.allSettled(outcome.specs.map((spec) => startOne(spec, answers.get(spec.task_id), env)));
  const results = starts.flatMap((settled) => (settled.status === "fulfilled" ? [settled.value] : []));
  if (results.length > 0) await batch.started(results);
  for (const settled of starts) {
    if (settled.status === "rejected")
      log.error({ workspace, batchId: batch_id, cause: describeError(settled.reason) }, "a task could not be started");
  }
  return results.length === starts.length;
}

async function startOne(spec: DelegationSpec, answer: CachedAnswer | undefined, env: ConsumerBindings): Promise<StartResult> {
  const object = env.DELEGATIONS.getByName(`${spec.workspace}/${spec.task_id}`) as DelegationProtocol;
  const outcome = await object.start(spec, answer);
  if (outcome.kind === "conflict" || outcome.kind === "gone") return { task_id: spec.task_id, refused: outcome.kind };
  return { task_id: spec.task_id, report: reportOf(outcome.delegation) };
}
