import { stepPolledAttempt } from "../../../src/delegations/attempts/polled-attempt.ts";
import { turnStarted } from "../../../src/delegations/attempts/turn-events.ts";
import { cancelTask } from "../../../src/delegations/cancel-task.ts";
import { followedAttempt, isFinal, newAttempt, runningAttempt, startedState } from "../../../src/delegations/delegation-state.ts";
import { type Completion, type PollOutcome, ProviderError } from "../../../src/providers/provider.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { type ScriptedCall, ScriptedPollingProvider } from "../../support/scripted-polling-provider.ts";
import { candidate, completion, specOf, taskOf, usage } from "./delegating.ts";

export const HOUR = 3_600_000;
const copilot = (model = "") => candidate({ provider: "copilot", model });
export const running = (costNanos: number | null = null): PollOutcome => ({
  state: "running",
  usage: usage(0, 0),
  costNanos,
  model: undefined,
});
export const ended = (different: Partial<Completion> = {}): PollOutcome => ({
  state: "ended",
  output: "Opened a pull request.",
  completion: completion({ usage: usage(0, 0), costNanos: 9_000, ...different }),
});
export const failed = (code: "provider_upstream" | "provider_invalid_request", costNanos: number | null = 700): PollOutcome => ({
  state: "failed",
  error: new ProviderError(code, "the agent gave up"),
  usage: usage(0, 0),
  costNanos,
  model: undefined,
});
export const refusal = (different: ConstructorParameters<typeof ProviderError>[2] = {}) =>
  new ProviderError("provider_rate_limited", "slow down", { free: true, ...different });
export const lost = new ProviderError("provider_upstream", "connection reset");

type Options = { timeoutMs?: number; deadline?: number; candidates?: number; maxAttempts?: number };

/** A copilot task at a scripted vendor, and a clock that moves when the task says that something is due. */
export function delegated(script: ScriptedCall[], options: Options = {}) {
  const provider = new ScriptedPollingProvider(script);
  const candidates = Array.from({ length: options.candidates ?? 1 }, (_, index) => copilot(`m${index + 1}`));
  const world = taskOf(specOf({ deadline: options.deadline, max_attempts: options.maxAttempts }, { candidates }));
  const { task, clock } = world;
  const deps = {
    provider,
    request: providerRequest(),
    timeoutMs: options.timeoutMs,
    now: () => clock.now,
    random: () => 0.5,
  };
  /** What the task's turn does: steps the attempt at hand, or begins the next one. */
  const step = async () => {
    const known = isFinal(task.state) ? followedAttempt(task.state) : runningAttempt(task.state);
    if (known !== undefined) return stepPolledAttempt(task, known, false, deps);
    const begun = newAttempt(task.state, task.spec, null, clock.now);
    task.commit(startedState(task.state, begun, [], clock.now), turnStarted(begun, []), { flush: false });
    return stepPolledAttempt(task, begun, true, deps);
  };
  /** Lets the time pass until the next step is due, and takes it. */
  const next = async () => {
    clock.now = Math.max(clock.now, task.state.due_at ?? clock.now);
    await step();
  };
  /** Takes `count` steps, each when it is due. */
  const steps = async (count: number) => {
    for (let taken = 0; taken < count; taken += 1) await next();
  };
  /** Takes every step until none is due. */
  const settle = async () => {
    for (let taken = 0; task.state.due_at !== null; taken += 1) {
      if (taken > 10_000) throw new Error("it never settles");
      await next();
    }
  };
  const cancel = () =>
    cancelTask(task, "ann", undefined, { now: () => clock.now, settle: () => Promise.reject(new Error("no turn is due")) });
  return { ...world, provider, deps, step, next, steps, settle, cancel, last: () => task.state.attempts.at(-1) };
}

export const polls = (count: number, answer: PollOutcome | Error): ScriptedCall[] =>
  Array.from({ length: count }, () => ({ call: "poll", answer }));
export const warningsOf = ({ task }: Pick<ReturnType<typeof delegated>, "task">) => task.state.warnings.map(({ code }) => code);
