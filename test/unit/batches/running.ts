import type { BatchSpec, StartResult } from "../../../src/batches/batch-rpc.ts";
import { BatchStore } from "../../../src/batches/batch-store.ts";
import { type BatchOutboxKind, RunningBatch } from "../../../src/batches/running-batch.ts";
import { waitingView } from "../../../src/batches/waiting-task.ts";
import type { DelegationStatus } from "../../../src/delegations/delegation.ts";
import type { DelegationSpec } from "../../../src/delegations/delegation-rpc.ts";
import { reportOf, type TaskReport } from "../../../src/delegations/task-report.ts";
import { Outbox } from "../../../src/outbox/outbox.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { specOf, T0 } from "../delegations/delegating.ts";

/** A batch `b` of tasks `t0`, `t1` …, each with the given prompt. */
export function batchSpec(count: number, changes: Partial<BatchSpec> = {}, prompt = "Say hello"): BatchSpec {
  const tasks = Array.from({ length: count }, (_, index) => specOf({ prompt }, { task_id: `t${index}`, batch_id: "b" }));
  const fixed = { workspace: "default", batch_id: "b", hash: "h", created_by: "tester", created_at: T0, max_concurrency: null };
  return { ...fixed, tasks, ...changes };
}

/** A batch on rows in memory, and the clock it goes by. */
export function running(spec = batchSpec(3), clock = { now: T0 }) {
  const rows = new MemoryRows();
  const deps = { now: () => clock.now, random: () => 0.5 };
  const open = (from: MemoryRows) => {
    const done = async () => "done" as const;
    const outbox = new Outbox<BatchOutboxKind>(
      { rows: done, row: done, sends: done, cancels: done },
      { rows: from, ...deps, onStuck: () => undefined },
    );
    return { store: new BatchStore(from), outbox };
  };
  const { store, outbox } = open(rows);
  const batch = RunningBatch.accept(spec, store, outbox, deps);
  /** The batch as a new instance finds it after a kill. */
  const reloaded = (): RunningBatch => {
    const again = open(rows);
    const found = RunningBatch.load(again.store, again.outbox, deps);
    if (found === undefined) throw new Error("the batch is gone");
    return found;
  };
  /** Whether the outbox owes this. */
  const owes = (kind: BatchOutboxKind): boolean => rows.get(`outbox/${kind}`) !== undefined;
  return { batch, rows, store, outbox, clock, reloaded, owes };
}

/** What is reported of a task of `batchSpec`. */
export function report(index: number, status: DelegationStatus, changes: Partial<TaskReport> = {}): StartResult {
  const spec: DelegationSpec = specOf({}, { task_id: `t${index}`, batch_id: "b" });
  const output = status === "completed" ? `output ${index}` : null;
  const base = reportOf({ ...waitingView(spec), status, output });
  return { task_id: spec.task_id, report: { ...base, cost_nanos: 100, tokens_used: 10, ...changes } };
}

/** All events of a batch, as its readers get them. */
export async function eventsOf(batch: RunningBatch): Promise<{ seq: number; type: string; task_id?: string }[]> {
  const text = await new Response(batch.read(0, "ndjson")).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { seq: number; type: string; task_id?: string });
}
