import { z } from "zod";
import type { FailureCode } from "../errors.ts";
import { NO_USAGE, type PollOutcome, ProviderError } from "./provider.ts";

/** A field that is missing, null or of another type reads as undefined: the API is a preview and subject to change. */
const loose = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);
const text = loose(z.string().min(1));

const Session = z.object({
  prompt: text,
  model: text,
  head_ref: text,
  base_ref: text,
  usage: loose(z.object({ type: z.string(), amount: z.number().nonnegative() })),
  error: loose(z.object({ message: text })),
});

/** `data` of a branch names its refs; of a pull request it documents only ids, a number or an address may come. */
const Artifact = z.object({
  type: text,
  data: z.object({ head_ref: text, base_ref: text, html_url: text, number: loose(z.number().int()) }).catch({}),
});

/** A task as `GET /agents/repos/{owner}/{repo}/tasks/{id}` describes it; the list has no sessions. */
export const CopilotTask = z.object({
  id: z.string().min(1),
  state: z.string().catch(""),
  name: text,
  html_url: text,
  artifacts: z.array(Artifact).catch([]),
  sessions: z.array(Session).catch([]),
});
export type CopilotTask = z.infer<typeof CopilotTask>;

export const CopilotTaskList = z.object({ tasks: z.array(CopilotTask).catch([]) });

/** Where a task left its work: named by the branch it wrote to. */
export type CopilotWork = { head: string; base: string | undefined };

/** The branch of a task: from its artifacts, else from its latest session that has one. */
export function workOf(task: CopilotTask): CopilotWork | undefined {
  const branch = task.artifacts.map((artifact) => artifact.data).find((data) => data.head_ref !== undefined);
  const refs = branch ?? task.sessions.findLast((session) => session.head_ref !== undefined);
  return refs?.head_ref === undefined ? undefined : { head: refs.head_ref, base: refs.base_ref };
}

/** True when one of the task's prompts has `marker` as a line of its own. */
export function carriesMarker(task: CopilotTask, marker: string): boolean {
  return task.sessions.some((session) => session.prompt?.split(/\r?\n/).some((line) => line.trim() === marker));
}

/** What a task has cost so far, in nano-dollars, and whether every session has said its amount. */
function costOf(task: CopilotTask): { costNanos: number | null; isComplete: boolean } {
  const amounts = task.sessions.map(({ usage }) => (usage?.type === "ai_credits" ? usage.amount : undefined));
  const known = amounts.filter((amount) => amount !== undefined);
  if (known.length === 0) return { costNanos: null, isComplete: false };
  return {
    costNanos: nanosOfCredits(known.reduce((sum, amount) => sum + amount, 0)),
    isComplete: known.length === amounts.length,
  };
}

/** An AI credit is USD 0.01, so a nano-credit is 0.01 nano-dollars; rounded up. */
function nanosOfCredits(nanoCredits: number): number {
  return Math.ceil(nanoCredits / 100);
}

/** An idle task has done its work and waits for nothing. */
const ENDED = ["completed", "idle"];

/**
 * Why a task came to nothing. Only what may go better next time is tried again: not what a person stopped, and not what
 * asks a question, since the API has no way to answer it. States that are in neither list go on.
 */
const FAILED: { readonly [state: string]: { code: FailureCode; message: string } } = {
  failed: { code: "provider_upstream", message: "GitHub's agent failed" },
  timed_out: { code: "timeout", message: "GitHub's agent ran out of its own time" },
  cancelled: { code: "refused", message: "The task was cancelled at GitHub" },
  waiting_for_user: {
    code: "provider_invalid_request",
    message: "GitHub's agent waits for an answer that can only be given on its page",
  },
};

export function hasEnded(task: CopilotTask): boolean {
  return ENDED.includes(task.state);
}

/** One poll of a task as an outcome; `output` describes the work of a task that has ended. */
export function pollOutcomeOf(task: CopilotTask, output: string): PollOutcome {
  const { costNanos, isComplete } = costOf(task);
  const model = task.sessions.findLast((session) => session.model !== undefined)?.model;
  if (hasEnded(task)) {
    const completion = {
      outcome: "completed" as const,
      finish: task.state,
      detail: undefined,
      usage: NO_USAGE,
      usageFinal: isComplete,
      model,
      serviceTier: undefined,
      requestId: task.id,
      costNanos: costNanos ?? undefined,
    };
    return { state: "ended", output, completion };
  }
  const failure = FAILED[task.state];
  if (failure === undefined) return { state: "running", usage: NO_USAGE, costNanos, model };
  const reason = task.sessions.findLast((session) => session.error?.message !== undefined)?.error?.message;
  const message = [failure.message, reason, task.html_url].filter((part) => part !== undefined).join(": ");
  const error = new ProviderError(failure.code, message, { requestId: task.id });
  return { state: "failed", error, usage: NO_USAGE, costNanos, model };
}
