import type { DelegationInput } from "../../../src/delegations/delegation.ts";
import type { CachedAnswer, Candidate, DelegationSpec } from "../../../src/delegations/delegation-rpc.ts";
import {
  type AttemptState,
  acceptedState,
  type DelegationState,
  newAttempt,
  startedState,
} from "../../../src/delegations/delegation-state.ts";
import { DelegationStore } from "../../../src/delegations/delegation-store.ts";
import { DelegationTask, type OutboxKind } from "../../../src/delegations/delegation-task.ts";
import type { DelegationEvent } from "../../../src/delegations/events.ts";
import { Outbox } from "../../../src/outbox/outbox.ts";
import { type Completion, NO_USAGE, type Usage } from "../../../src/providers/provider.ts";
import { MemoryRows } from "../../support/memory-rows.ts";

/** 2026-11-22T10:00:00Z */
export const T0 = Date.UTC(2026, 10, 22, 10);

export const candidate = (different: Partial<Candidate> = {}): Candidate => ({
  provider: "claude",
  endpoint: null,
  model: "model-1",
  requested: null,
  ...different,
});

/** `count` candidates with the models `model-1`, `model-2` … */
export const candidates = (count: number): Candidate[] =>
  Array.from({ length: count }, (_, index) => candidate({ model: `model-${index + 1}` }));

export function specOf(input: Partial<DelegationInput> = {}, different: Partial<DelegationSpec> = {}): DelegationSpec {
  return {
    workspace: "default",
    task_id: "task-1",
    hash: "0".repeat(64),
    input: { prompt: "Say hello", ...input },
    candidates: candidates(1),
    warnings: [],
    created_by: "tester",
    created_at: T0,
    parent_task_id: null,
    repository: null,
    ...different,
  };
}

export const usage = (input_tokens: number, output_tokens: number): Usage => ({ ...NO_USAGE, input_tokens, output_tokens });

export const completion = (different: Partial<Completion> = {}): Completion => ({
  outcome: "completed",
  finish: "end_turn",
  detail: undefined,
  usage: usage(10, 5),
  usageFinal: true,
  model: undefined,
  serviceTier: undefined,
  requestId: undefined,
  ...different,
});

/** A running first attempt with what a test wants different. */
export const attemptOf = (different: Partial<AttemptState> = {}): AttemptState => ({
  ...newAttempt(acceptedState(specOf()), specOf(), null, T0),
  ...different,
});

/** A state whose next attempt runs since `now`. */
export function runningState(spec: DelegationSpec, state = acceptedState(spec), now = T0): DelegationState {
  return startedState(state, newAttempt(state, spec, 1_000, now), [], now + 1_000);
}

/** A task on rows in memory, and the clock it goes by. */
export function taskOf(spec = specOf(), clock = { now: T0 }, answer?: CachedAnswer) {
  const rows = new MemoryRows();
  const open = (from: MemoryRows) => {
    const outbox = new Outbox<OutboxKind>(
      { projection: async () => "done", listeners: async () => "done", audit: async () => "done" },
      { rows: from, now: () => clock.now, random: () => 0.5, onStuck: () => undefined },
    );
    return { store: new DelegationStore(from), outbox };
  };
  const { store, outbox } = open(rows);
  const task = DelegationTask.accept(spec, store, outbox, () => clock.now, answer);
  /** The task as a new instance finds it after a kill: the buffer is lost. */
  const reloaded = (): DelegationTask => {
    const again = open(rows);
    const found = DelegationTask.load(again.store, again.outbox, () => clock.now);
    if (found === undefined) throw new Error("the task is gone");
    return found;
  };
  return { task, rows, store, clock, reloaded };
}

/** All stored events of a task. */
export function eventsOf(task: Pick<DelegationTask, "log">): DelegationEvent[] {
  const events: DelegationEvent[] = [];
  for (let page = task.log.read(0); page !== undefined; page = task.log.read(events.length)) {
    events.push(...page.lines.map((line) => JSON.parse(line) as DelegationEvent));
  }
  return events;
}
