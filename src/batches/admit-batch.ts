import { type AdmissionContext, admit } from "../delegations/admission/admission.ts";
import { Refusals } from "../delegations/admission/refusals.ts";
import { withDefaults } from "../delegations/admission/with-defaults.ts";
import type { DelegationInput } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { AppError, type FieldProblem } from "../errors.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { utf8Length } from "../lib/utf8.ts";
import { checkWebhookUrl } from "../webhooks/webhook-url.ts";
import { type BatchInput, MAX_BATCH_BYTES, MAX_TASKS } from "./batch.ts";

export type BatchAdmissionContext = Omit<AdmissionContext, "taskId" | "hash" | "appliedAgent"> & { batchId: string };

/**
 * The tasks of a valid body with the defaults under each, as they will run. `sent` is the body before it was parsed: each
 * task's hash is that of the body a single delegation would have. Throws AppError that names every task at fault
 * (`tasks.3.model`), the first 50: all that `admit` refuses, ids that come twice, and `payload_too_large` over 1,000 tasks.
 */
export async function admitBatch(input: BatchInput, sent: unknown, context: BatchAdmissionContext): Promise<DelegationSpec[]> {
  checkCount(input);
  checkWebhookUrl(input.webhook_url, context.config);
  const { tasks: sentTasks, defaults: sentDefaults } = sent as { tasks: DelegationInput[]; defaults?: Partial<DelegationInput> };
  const hashes = await Promise.all(sentTasks.map((task) => taskHash(withDefaults(task, sentDefaults ?? {}))));
  const refusals = new Refusals();
  const specs = input.tasks.flatMap((task, index) => {
    const taskId = task.task_id ?? `${context.batchId}.${index}`;
    const spec = refusals.taking(`tasks.${index}`, () =>
      admit(withDefaults(task, input.defaults ?? {}), { ...context, taskId, hash: hashes[index] ?? "" }),
    );
    const listeners: DelegationSpec["listeners"] = [{ kind: "batch", id: context.batchId }];
    return spec === undefined ? [] : [{ ...spec, batch_id: context.batchId, listeners }];
  });
  for (const problem of doubledIds(input, context.batchId)) refusals.add(problem);
  refusals.throwIfAny("batch");
  checkSize(specs);
  return specs;
}

function taskHash({ task_id, ...identity }: DelegationInput): Promise<string> {
  return sha256Hex(canonicalJson(identity));
}

function doubledIds({ tasks }: BatchInput, batchId: string): FieldProblem[] {
  const first = new Map<string, number>();
  return tasks.flatMap(({ task_id }, index) => {
    const id = task_id ?? `${batchId}.${index}`;
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    return earlier === undefined ? [] : [{ path: `tasks.${index}.task_id`, message: `is the same as that of tasks.${earlier}` }];
  });
}

function checkCount({ tasks }: BatchInput): void {
  if (tasks.length <= MAX_TASKS) return;
  const message = `must have at most ${MAX_TASKS.toLocaleString("en-US")} tasks, it has ${tasks.length.toLocaleString("en-US")}`;
  throw new AppError("payload_too_large", `Too large: tasks ${message}.`, [{ path: "tasks", message }]);
}

function checkSize(specs: readonly DelegationSpec[]): void {
  const bytes = specs.reduce((sum, spec) => sum + utf8Length(JSON.stringify(spec)), 0);
  if (bytes <= MAX_BATCH_BYTES) return;
  const [most, actual] = [MAX_BATCH_BYTES, bytes].map((count) => count.toLocaleString("en-US"));
  const message = `must be at most ${most} bytes of UTF-8 with the defaults applied to each, they have ${actual}`;
  throw new AppError("payload_too_large", `Too large: tasks ${message}.`, [{ path: "tasks", message }]);
}
