import { type PollingProvider, ProviderError, type ProviderRequest } from "../../providers/provider.ts";
import type { AttemptState } from "../delegation-state.ts";
import type { DelegationTask } from "../delegation-task.ts";
import { afterCreate, afterFault, afterPoll, type PolledSituation, type PolledStep } from "./polled-step.ts";

/** How long one request to the vendor's task API may take. */
const REQUEST_MS = 30_000;

export type PolledAttemptDeps = {
  provider: PollingProvider;
  request: ProviderRequest;
  timeoutMs: number | undefined;
  now: () => number;
  random: () => number;
};

/**
 * One step of an attempt that runs at the vendor: creates its task (`fresh`: for the first time; else an interrupted create
 * may have left one, which is looked for), or asks once how it stands. Nothing is held between steps: `due_at` says when
 * the next one is due.
 */
export async function stepPolledAttempt(
  task: DelegationTask,
  attempt: AttemptState,
  fresh: boolean,
  deps: PolledAttemptDeps,
): Promise<void> {
  const step = await outcomeOf(attempt, fresh, deps);
  const current = task.state.attempts.find((known) => known.number === attempt.number) ?? attempt;
  const { timeoutMs } = deps;
  const at = { spec: task.spec, state: task.state, attempt: current, timeoutMs, now: deps.now(), random: deps.random() };
  const { state, events } = step(at);
  task.commit(state, events, { flush: events.length > 0 });
}

/** Makes the request that is due; what it means is decided on the state as it is when the answer has come. */
async function outcomeOf(
  attempt: AttemptState,
  fresh: boolean,
  deps: PolledAttemptDeps,
): Promise<(at: PolledSituation) => PolledStep> {
  const { provider, request } = deps;
  const signal = AbortSignal.timeout(REQUEST_MS);
  try {
    if (attempt.handle !== null) {
      const outcome = await provider.poll(attempt.handle, request, signal);
      return (at) => afterPoll(at, outcome);
    }
    const found = fresh ? undefined : await provider.find(request, signal);
    const handle = found ?? (await provider.create(request, signal));
    return (at) => afterCreate(at, handle);
  } catch (thrown) {
    const unknown = new ProviderError("provider_upstream", "The request to the provider failed.", { cause: thrown });
    const fault = thrown instanceof ProviderError ? thrown : unknown;
    return (at) => afterFault(at, fault);
  }
}
