import type { DelegationEvent } from "../delegations/events.ts";
import { agents } from "./agents.ts";
import type { CallOptions } from "./ask.ts";
import { batches } from "./batches.ts";
import { budgets } from "./budgets.ts";
import { type ChainResult, type ChainStep, chain } from "./chain.ts";
import { delegateWithId } from "./delegate-with-id.ts";
import type { DelegateInput, DelegationRecord } from "./delegation-record.ts";
import { type CreateOptions, Delegations, type RetryInput, type TreeRecord } from "./delegations.ts";
import { type FlowInput, type FlowRecord, flows } from "./flows.ts";
import type { FollowOptions } from "./follow-log.ts";
import { type ConsensusInput, type ConsensusResult, getConsensus } from "./get-consensus.ts";
import { type ImprovementInput, type ImprovementResult, iterativeImprovement } from "./iterative-improvement.ts";
import { keys } from "./keys.ts";
import { type ParallelOptions, type ParallelResults, parallelDelegate } from "./parallel-delegate.ts";
import { reports } from "./reports.ts";
import { type ModelSelection, type SelectModelInput, selectModel } from "./select-model.ts";
import { type SpawnInput, type SpawnResult, spawn } from "./spawn.ts";
import { TaskDelegations } from "./task-delegations.ts";
import { Transport, type TransportOptions } from "./transport.ts";
import { webhooks } from "./webhooks.ts";
import { workspaces } from "./workspaces.ts";

/** `maxRetries` is how often a call is sent again after a lost connection, 429, 502, 503 or 504; default 5, over some eight seconds. */
export type ClientOptions = TransportOptions;
export type Client = ReturnType<typeof createClient>;

/**
 * A client of one depute server. Its functions need no `this`. Those that call the server throw DeputeError, or the reason
 * of the signal they were given. Throws TypeError when `baseUrl` is no URL.
 */
export function createClient(options: ClientOptions) {
  const transport = new Transport(options);
  const delegations = new Delegations(transport);
  const resources = {
    agents: agents(transport),
    batches: batches(transport),
    budgets: budgets(transport),
    flows: flows(transport),
    keys: keys(transport),
    webhooks: webhooks(transport),
    workspaces: workspaces(transport),
  };
  return {
    ...patterns(delegations, resources),
    ...single(delegations),
    taskDelegations: new TaskDelegations(delegations),
    selectModel: (input?: SelectModelInput): Promise<ModelSelection> => selectModel(transport, input),
    ...resources,
    ...reports(transport),
  };
}

/** What delegates, follows and gives results. */
function patterns(delegations: Delegations, of: { batches: ReturnType<typeof batches>; flows: ReturnType<typeof flows> }) {
  const run = (input: SpawnInput): Promise<SpawnResult> => spawn(delegations, input);
  return {
    /** Delegates, follows and gives the result; throws nothing but the signal's reason. */
    spawn: run,
    /** Delegates many at once: a map of results by task id, or each as it completes. */
    parallelDelegate: (tasks: readonly DelegateInput[], options?: ParallelOptions): ParallelResults =>
      parallelDelegate(of.batches, delegations, tasks, options),
    /** Runs a pattern on the server and gives its end, whatever that is: see `status` and `error`. */
    flow: async (input: FlowInput, options?: CallOptions): Promise<FlowRecord> => {
      const { flowId } = await of.flows.start(input, options);
      return of.flows.waitFor(flowId, options);
    },
    // The server runs the following three too, where they outlive the caller: see `flow`.
    /** One after another, each told what came before. */
    chain: (steps: readonly ChainStep[], options?: CallOptions): Promise<ChainResult> => chain(run, steps, options),
    /** A draft, then rounds of review and revision. */
    iterativeImprovement: (input: ImprovementInput): Promise<ImprovementResult> => iterativeImprovement(run, input),
    /** Several are asked at once; one puts the answers together and says who dissents. */
    getConsensus: (input: ConsensusInput): Promise<ConsensusResult> => getConsensus(run, input),
  };
}

/** What is done with one delegation. */
function single(delegations: Delegations) {
  return {
    /** Delegates and does not wait. */
    delegate: (input: DelegateInput, options?: CreateOptions): Promise<DelegationRecord> => delegations.create(input, options),
    /** The same under an id of the caller's own: `(prompt, agent, taskId)`, or one object; gives the id. */
    delegateWithId: delegateWithId(delegations),
    /** One delegation with its result so far; null when the id is not known. */
    getResultsByTaskId: (taskId: string, options?: CallOptions): Promise<DelegationRecord | null> =>
      delegations.find(taskId, options),
    /** One delegation once it has ended. */
    waitFor: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.final(taskId, options),
    /** What happens to one delegation, live, from `after` to its end, across lost connections. */
    events: (taskId: string, options?: FollowOptions): AsyncGenerator<DelegationEvent> => delegations.events(taskId, options),
    /** What has happened to one delegation up to now. */
    log: (taskId: string, options?: CallOptions): AsyncGenerator<DelegationEvent> => delegations.log(taskId, options),
    /** Stops the vendor's work. */
    cancel: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.cancel(taskId, options),
    /** Runs a final one again as a new one, its child. */
    retry: (taskId: string, input?: RetryInput, options?: CreateOptions): Promise<DelegationRecord> =>
      delegations.retry(taskId, input, options),
    /** Lets one that waits for approval run. */
    approve: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.approve(taskId, options),
    /** Refuses one that waits for approval. */
    reject: (taskId: string, options?: CallOptions): Promise<DelegationRecord> => delegations.reject(taskId, options),
    /** Says how good a result is, from 0 to 1. */
    score: (taskId: string, score: number, comment?: string, options?: CallOptions): Promise<DelegationRecord> =>
      delegations.score(taskId, score, comment, options),
    /** The whole tree that one delegation is in. */
    tree: (taskId: string, options?: CallOptions): Promise<TreeRecord> => delegations.tree(taskId, options),
    /** Deletes its texts for good. */
    delete: (taskId: string, options?: CallOptions): Promise<void> => delegations.delete(taskId, options),
  };
}
