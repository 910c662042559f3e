import type { RecordBody } from "../delegations/admission/record-input.ts";
import { type Input, snake } from "./camel-case.ts";

type Known = Input<RecordBody>;

/**
 * What was done elsewhere, in the names of a delegation; times are ISO 8601, costs US dollars. Whatever else is said becomes
 * one of its `properties`, under the name it has here.
 */
export type RecordInput = Known & { readonly [extra: string]: unknown };

const KNOWN: ReadonlySet<string> = new Set(
  Object.keys({
    taskId: true,
    prompt: true,
    agent: true,
    status: true,
    createdAt: true,
    startedAt: true,
    completedAt: true,
    output: true,
    outputTokens: true,
    tokensUsed: true,
    usage: true,
    provider: true,
    model: true,
    requestedModel: true,
    cost: true,
    costNanos: true,
    error: true,
    outcome: true,
    taskType: true,
    complexity: true,
    budgetMode: true,
    properties: true,
    parentTaskId: true,
    score: true,
    scoreComment: true,
  } satisfies { [Name in keyof Known]-?: true }),
);

/** The body of `POST /v1/records`: what is known in the API's names, the rest as it is. */
export function recordBody(input: RecordInput): object {
  const entries = Object.entries(input);
  const known = entries.filter(([name]) => KNOWN.has(name));
  const extras = entries.filter(([name]) => !KNOWN.has(name));
  return { ...Object.fromEntries(extras), ...(snake(Object.fromEntries(known)) as object) };
}
