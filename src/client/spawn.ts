import type { DelegationEvent } from "../delegations/events.ts";
import type { DelegateInput, DelegationRecord } from "./delegation-record.ts";
import type { Delegations } from "./delegations.ts";
import { DeputeError, type DeputeErrorCode } from "./depute-error.ts";

/** What to delegate; `onEvent` sees each event as it happens. Aborting stops the waiting, not the work. */
export type SpawnInput = DelegateInput & {
  signal?: AbortSignal | undefined;
  onEvent?: ((event: DelegationEvent) => void) | undefined;
};

/** How one delegation ended, or why it was not even accepted. */
export type SpawnResult = {
  success: boolean;
  /** The output; "" when there is none. */
  response: string;
  /** The parsed output, with `outputJson` or `outputSchema`. */
  data: unknown;
  /** Input and output over all attempts. */
  tokensUsed: number;
  /** US dollars over all attempts; null when not known. */
  cost: number | null;
  /** Why it failed, for people; null when it did not. */
  error: string | null;
  /** The same for programs: a code of the delegation's failures, of the API, or the client's own. */
  errorCode: string | null;
  /** Every event, in order. */
  rawOutput: readonly DelegationEvent[];
  /** Null when the server accepted nothing. */
  taskId: string | null;
  /** The model that answered. */
  model: string | null;
  /** What was dropped or mapped of the parameters. */
  warnings: readonly { code: string; message: string }[];
  /** The whole record; null when there is none. */
  delegation: DelegationRecord | null;
};

/** Delegates and waits for the end. Refusals and lost servers are results too: it throws only the signal's reason. */
export async function spawn(delegations: Delegations, { signal, onEvent, ...input }: SpawnInput): Promise<SpawnResult> {
  const rawOutput: DelegationEvent[] = [];
  let taskId: string | null = input.taskId ?? null;
  try {
    ({ taskId } = await delegations.create(input, { signal }));
    for await (const event of delegations.events(taskId, { signal })) {
      rawOutput.push(event);
      onEvent?.(event);
    }
    return resultOf(await delegations.final(taskId, { signal }), rawOutput);
  } catch (error) {
    if (error instanceof DeputeError) return withoutRecord(error.code, error.message, taskId, rawOutput);
    throw error;
  }
}

function resultOf(delegation: DelegationRecord, rawOutput: readonly DelegationEvent[]): SpawnResult {
  const { status, output, outputData, tokensUsed, cost, error, taskId, model, warnings } = delegation;
  const success = status === "completed";
  return {
    success,
    response: output ?? "",
    data: outputData,
    tokensUsed,
    cost,
    error: success ? null : (error?.message ?? `It is ${status}.`),
    errorCode: success ? null : (error?.code ?? status),
    rawOutput,
    taskId,
    model,
    warnings,
    delegation,
  };
}

function withoutRecord(
  errorCode: DeputeErrorCode,
  error: string,
  taskId: string | null,
  rawOutput: readonly DelegationEvent[],
): SpawnResult {
  return {
    success: false,
    response: "",
    data: null,
    tokensUsed: 0,
    cost: null,
    error,
    errorCode,
    rawOutput,
    taskId,
    model: null,
    warnings: [],
    delegation: null,
  };
}
