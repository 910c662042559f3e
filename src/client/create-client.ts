import type { DelegationEvent } from "../delegations/events.ts";
import { type ChainResult, type ChainStep, chain } from "./chain.ts";
import type { DelegateInput, DelegationRecord } from "./delegation-record.ts";
import { type CallOptions, Delegations, type RetryInput } from "./delegations.ts";
import type { FollowOptions } from "./follow-log.ts";
import { type ConsensusInput, type ConsensusResult, getConsensus } from "./get-consensus.ts";
import { type ImprovementInput, type ImprovementResult, iterativeImprovement } from "./iterative-improvement.ts";
import { type ParallelOptions, type ParallelResults, parallelDelegate } from "./parallel-delegate.ts";
import { costs, providers } from "./reports.ts";
import { type ModelSelection, type SelectModelInput, selectModel } from "./select-model.ts";
import { type SpawnInput, type SpawnResult, spawn } from "./spawn.ts";
import { TaskDelegations } from "./task-delegations.ts";
import { Transport, type TransportOptions } from "./transport.ts";

/** `maxRetries` is how often a call is sent again after a lost connection, 429 or 503; default 5, over some eight seconds. */
export type ClientOptions = TransportOptions;
export type Client = ReturnType<typeof createClient>;

/**
 * A client of one depute server. Its functions need no `this`. Those that call the server throw DeputeError, or the reason
 * of the signal they were given. Throws TypeError when `baseUrl` is no URL.
 */
export function createClient(options: ClientOptions) {
  const transport = new Transport(options);
  const delegations = new Delegations(transport);
  const run = (input: SpawnInput): Promise<SpawnResult> => spawn(delegations, input);
  return {
    /** Delegates, follows and gives the result; throws nothing but the signal's reason. */
    spawn: run,
    /** Delegates and does not wait. */
    delegate: (input: DelegateInput, options?: CallOptions): Promise<DelegationRecord> => delegations.create(input, options),
    /** Delegates many at once: a map of results by task id, or each as it completes. */
    parallelDelegate: (tasks: readonly DelegateInput[], options?: ParallelOptions): ParallelResults =>
      parallelDelegate(transport, delegations, tasks, options),
    /** One delegation with its result so far; null when the id is not known. */
    getResultsByTaskId: (taskId: string, options?: CallOptions): Promise<DelegationRecord | null> =>
      delegations.find(taskId, options),
    /** One delegation once it has ended. */
    waitFor: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.final(taskId, options),
    /** What happens to one delegation, live, from `after` to its end, across lost connections. */
    events: (taskId: string, options?: FollowOptions): AsyncGenerator<DelegationEvent> => delegations.events(taskId, options),
    cancel: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.cancel(taskId, options),
    retry: (taskId: string, input?: RetryInput, options?: CallOptions): Promise<DelegationRecord> =>
      delegations.retry(taskId, input, options),
    approve: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.approve(taskId, options),
    reject: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.reject(taskId, options),
    delete: (taskId: string, options?: CallOptions): Promise<void> => delegations.delete(taskId, options),
    taskDelegations: new TaskDelegations(delegations),
    selectModel: (input?: SelectModelInput): Promise<ModelSelection> => selectModel(transport, input),
    chain: (steps: readonly ChainStep[], options?: CallOptions): Promise<ChainResult> => chain(run, steps, options),
    iterativeImprovement: (input: ImprovementInput): Promise<ImprovementResult> => iterativeImprovement(run, input),
    getConsensus: (input: ConsensusInput): Promise<ConsensusResult> => getConsensus(run, input),
    costs: (...parameters: Tail<typeof costs>) => costs(transport, ...parameters),
    providers: (...parameters: Tail<typeof providers>) => providers(transport, ...parameters),
  };
}

type Tail<F> = F extends (first: never, ...rest: infer Rest) => unknown ? Rest : never;
