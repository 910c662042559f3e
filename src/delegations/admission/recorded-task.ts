import { AppError, type FieldProblem } from "../../errors.ts";
import { nanosOf } from "../../lib/nanos.ts";
import { currentModel } from "../../models/lifecycle.ts";
import { NO_USAGE, type Usage } from "../../providers/provider.ts";
import type { DelegationInput, Warning } from "../delegation.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import { checkInputSizes, checkSpecSize } from "./input-sizes.ts";
import { extrasOf, isOnlyOurs, type RecordInput } from "./record-input.ts";
import type { RecordedWork } from "./recorded-work.ts";
import { DEFAULT_AGENT } from "./with-agent.ts";

/** Clocks differ: what ended at most so much later than now is taken. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** As in the schema of `properties`. */
const LONGEST_PROPERTY_NAME = 100;
const DAY_MS = 86_400_000;

export type RecordContext = {
  workspace: string;
  createdBy: string;
  now: Date;
  taskId: string;
  hash: string;
  retentionDays: number;
};

/**
 * Work that was done elsewhere as a task's object stores it, and its output apart. Pure. Throws AppError that names each field:
 * `payload_too_large`, or `invalid_request` for times out of order, sums that do not add up, an error of what is completed.
 */
export function recordedTask(body: RecordInput, context: RecordContext): { spec: DelegationSpec; output: string | null } {
  const work = recordedWork(body, context.now);
  const created_at = body.created_at ?? work.started_at ?? work.completed_at;
  const problems = [...timeProblems(body, created_at, work, context.now), ...bookProblems(body, work), ...fieldProblems(body)];
  const [first] = problems;
  if (first !== undefined) throw new AppError("invalid_request", `${first.path}: ${first.message}`, problems);
  const input = recordedInput(body);
  const output = body.output ?? null;
  checkInputSizes({ ...input, output });
  const spec: DelegationSpec = {
    workspace: context.workspace,
    task_id: context.taskId,
    hash: context.hash,
    input,
    candidates: [],
    warnings: retentionWarnings(work, context),
    created_by: context.createdBy,
    created_at,
    parent_task_id: body.parent_task_id ?? null,
    repository: null,
    agent: body.agent ?? DEFAULT_AGENT,
    recorded: work,
  };
  checkSpecSize(spec);
  return { spec, output };
}

function recordedWork(body: RecordInput, now: Date): RecordedWork {
  const { status = "completed", model = null, score = null } = body;
  const usage: Usage = {
    ...NO_USAGE,
    ...body.usage,
    ...(body.output_tokens !== undefined && { output_tokens: body.output_tokens }),
  };
  return {
    status,
    outcome: body.outcome ?? (status === "completed" ? "completed" : null),
    error: body.error ?? null,
    provider: body.provider ?? providerOf(model, now),
    model,
    requested_model: body.requested_model ?? null,
    usage,
    tokens_used: body.tokens_used ?? usage.input_tokens + usage.output_tokens,
    cost_nanos: body.cost_nanos ?? nanosOf(body.cost ?? null),
    started_at: body.started_at ?? null,
    completed_at: body.completed_at ?? Math.max(now.getTime(), body.created_at ?? 0, body.started_at ?? 0),
    ...(score !== null && { score: { value: score, comment: body.score_comment ?? null } }),
  };
}

function providerOf(model: string | null, now: Date): string {
  const known = model === null ? undefined : currentModel(model, now);
  return (known?.model ?? (known && "last" in known ? known.last : undefined))?.provider ?? "unknown";
}

/** Nothing is accepted to be erased in silence. */
function retentionWarnings({ completed_at }: RecordedWork, { now, retentionDays }: RecordContext): Warning[] {
  if (completed_at >= now.getTime() - retentionDays * DAY_MS) return [];
  const message = `It ended longer ago than texts are kept here, ${retentionDays} days (RETENTION_DAYS): its prompt, output and properties are erased within minutes, its books stay.`;
  return [{ code: "past_retention", message }];
}

function recordedInput(body: RecordInput): DelegationInput {
  const { prompt = "", task_type, complexity, budget_mode } = body;
  const properties = { ...extrasOf(body), ...body.properties } as NonNullable<DelegationInput["properties"]>;
  return {
    prompt,
    ...(task_type && { task_type }),
    ...(complexity && { complexity }),
    ...(budget_mode && { budget_mode }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

function timeProblems(body: RecordInput, createdAt: number, work: RecordedWork, now: Date): FieldProblem[] {
  const { started_at, completed_at } = work;
  const problems: FieldProblem[] = [];
  if (completed_at > now.getTime() + CLOCK_SKEW_MS)
    problems.push({ path: latestField(body, completed_at), message: "must not be in the future" });
  if (started_at !== null && started_at < createdAt)
    problems.push({ path: "started_at", message: "must not be before created_at" });
  if (completed_at < Math.max(createdAt, started_at ?? createdAt))
    problems.push({ path: "completed_at", message: "must not be before created_at and started_at" });
  return problems;
}

const latestField = (body: RecordInput, at: number): string =>
  (["completed_at", "started_at"] as const).find((field) => body[field] === at) ?? "created_at";

function bookProblems({ output_tokens, tokens_used, usage, cost, cost_nanos }: RecordInput, work: RecordedWork): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const sum = work.usage.input_tokens + work.usage.output_tokens;
  if (output_tokens !== undefined && (usage?.output_tokens ?? output_tokens) !== output_tokens)
    problems.push({ path: "output_tokens", message: "is not usage.output_tokens" });
  if (usage !== undefined && tokens_used !== undefined && tokens_used !== sum)
    problems.push({ path: "tokens_used", message: `is not the sum of the input and output tokens, ${sum}` });
  if (usage === undefined && tokens_used !== undefined && tokens_used < sum)
    problems.push({ path: "tokens_used", message: "is less than output_tokens" });
  if (cost !== undefined && cost_nanos !== undefined && nanosOf(cost) !== cost_nanos)
    problems.push({ path: "cost_nanos", message: "is not the same as cost" });
  return [...problems, ...usageProblems(work.usage)];
}

function usageProblems(usage: Usage): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (usage.cached_input_tokens + usage.cache_write_input_tokens > usage.input_tokens)
    problems.push({
      path: "usage.input_tokens",
      message: "is less than its parts that were read from a cache or written to one",
    });
  if (usage.reasoning_output_tokens > usage.output_tokens)
    problems.push({ path: "usage.reasoning_output_tokens", message: "is more than the output tokens, of which it is a part" });
  return problems;
}

function fieldProblems(body: RecordInput): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (body.error && (body.status ?? "completed") === "completed")
    problems.push({ path: "error", message: "is for what failed or was cancelled" });
  if (body.score_comment && (body.score ?? null) === null) problems.push({ path: "score_comment", message: "needs a score" });
  for (const name of Object.keys(extrasOf(body))) {
    if (isOnlyOurs(name)) problems.push({ path: name, message: "is a field of work that is done here" });
    else if (name === "" || name.length > LONGEST_PROPERTY_NAME)
      problems.push({ path: name, message: `the name of a property has 1 to ${LONGEST_PROPERTY_NAME} characters` });
    else if (Object.hasOwn(body.properties ?? {}, name)) problems.push({ path: name, message: "is one of the properties, too" });
  }
  return problems;
}
