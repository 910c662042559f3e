import type { Config } from "../config.ts";
import { admit } from "../delegations/admission.ts";
import type { DelegationInput } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { AppError, type FieldProblem } from "../errors.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { utf8Length } from "../lib/utf8.ts";
import { type BatchInput, MAX_BATCH_BYTES, MAX_TASKS } from "./batch.ts";

const MAX_PROBLEMS = 50;

export type BatchAdmissionContext = { workspace: string; createdBy: string; config: Config; now: Date; batchId: string };

/**
 * The tasks of a valid body with the defaults under each, as they will run. `sent` is the body before it was parsed: each
 * task's hash is that of the body a single delegation would have. Throws AppError that names every task at fault
 * (`tasks.3.model`), the first 50: all that `admit` refuses, ids that come twice, and `payload_too_large` over 1,000 tasks.
 */
export async function admitBatch(input: BatchInput, sent: unknown, context: BatchAdmissionContext): Promise<DelegationSpec[]> {
  checkCount(input);
  const { tasks: sentTasks, defaults: sentDefaults } = sent as { tasks: DelegationInput[]; defaults?: Partial<DelegationInput> };
  const hashes = await Promise.all(sentTasks.map((task) => taskHash(withDefaults(task, sentDefaults))));
  const problems: FieldProblem[] = [];
  const codes = new Set<AppError["code"]>();
  const refuse = (error: AppError, index: number) => {
    codes.add(error.code);
    const fields = error.fields.length > 0 ? error.fields : [{ path: "", message: error.message }];
    for (const { path, message } of fields)
      problems.push({ path: path === "" ? `tasks.${index}` : `tasks.${index}.${path}`, message });
  };
  const specs: DelegationSpec[] = [];
  for (const [index, task] of input.tasks.entries()) {
    const taskId = task.task_id ?? `${context.batchId}.${index}`;
    try {
      const spec = admit(withDefaults(task, input.defaults), { ...context, taskId, hash: hashes[index] ?? "" });
      specs.push({ ...spec, batch_id: context.batchId, listeners: [{ kind: "batch", id: context.batchId }] });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refuse(error, index);
    }
  }
  for (const problem of doubledIds(input, context.batchId)) {
    codes.add("invalid_request");
    problems.push(problem);
  }
  const [code = "invalid_request"] = codes.size === 1 ? codes : [];
  if (problems.length > 0) throw refusal(code, problems);
  checkSize(specs);
  return specs;
}

/** Who a task names replaces both provider and model of the defaults, since either one may contradict the other. */
function withDefaults(task: DelegationInput, { provider, model, ...defaults }: Partial<DelegationInput> = {}): DelegationInput {
  const isNamed = task.provider !== undefined || task.model !== undefined;
  const executor = isNamed ? {} : { ...(provider !== undefined && { provider }), ...(model !== undefined && { model }) };
  return { ...defaults, ...executor, ...task };
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

function refusal(code: AppError["code"], problems: readonly FieldProblem[]): AppError {
  const told = problems.slice(0, 3).map(({ path, message }) => `${path}: ${message}`);
  const more = problems.length > told.length ? `; and ${problems.length - told.length} more` : "";
  const text = `The batch is not valid, and nothing of it was started: ${told.join("; ")}${more}`;
  return new AppError(code, text, problems.slice(0, MAX_PROBLEMS));
}
