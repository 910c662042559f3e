import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Batch } from "../batches/batch.ts";
import type { BatchEvent } from "../batches/batch-event.ts";
import { pathOf } from "../client/ask.ts";
import { DeputeError } from "../client/depute-error.ts";
import { followLog } from "../client/follow-log.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { derivedBatchId, tasksOf } from "./batch-file.ts";
import { command, type Session } from "./command.ts";
import { DELEGATION_OPTIONS, delegationFields } from "./delegation-options.ts";
import { type Progress, progressBar, redrawn } from "./progress-bar.ts";
import { UsageError } from "./usage-error.ts";
import { exitOf, summaryLine } from "./work.ts";

type Report = Extract<BatchEvent, { type: "task.completed" }>["delegation"];
type Wanted = { tasks: object[]; defaults: object; id: string | undefined; maxConcurrency: number | undefined };

/** Runs the tasks of a file and gives their results as they come. */
export const batch = command({
  usage: "[options] FILE.jsonl | -",
  summary: "run the tasks of a file, a JSON object a line, at once",
  words: [1, 1],
  options: {
    ...DELEGATION_OPTIONS,
    "max-concurrency": { type: "string", value: "N", help: "at most so many at once" },
    out: { type: "string", value: "FILE", help: "write the results there, not to the standard output" },
    "batch-id": { type: "string", value: "ID", help: "default: derived from the tasks, so the same file is the same batch" },
    progress: { type: "boolean", help: "show the progress also when nobody looks" },
  },
  run: async (given, session) => {
    const path = given.word(0);
    const tasks = tasksOf(path === "-" ? await session.terminal.input() : read(path), path);
    const defaults = definedOf(delegationFields(given));
    const wanted = { tasks, defaults, id: given.text("batch-id"), maxConcurrency: given.number("max-concurrency") };
    const out = given.text("out");
    using sink = sinkOf(out, session);
    const batchId = wanted.id ?? derivedBatchId(tasks, defaults);
    const cancel = `depute cancel --batch ${batchId}`;
    session.leaves({ comeBack: "the same command again", cancel });
    await started(batchId, wanted, session);
    const isDrawn = given.flag("progress") || (session.terminal.isErrTty && (out !== undefined || !session.terminal.isOutTty));
    return await follow(batchId, tasks.length, { write: sink.write, isDrawn }, session);
  },
});

/** Starts the batch. One of a derived id that was started with another concurrency is the same work: it is taken up. */
async function started(batchId: string, { tasks, defaults, id, maxConcurrency }: Wanted, session: Session): Promise<void> {
  const { api, signal } = session;
  const body = { batch_id: batchId, tasks, defaults, max_concurrency: maxConcurrency };
  try {
    await api.json<Batch>({ method: "POST", path: "/v1/batches", body, signal, again: "by key" });
  } catch (error) {
    if (id !== undefined || !(error instanceof DeputeError) || error.code !== "conflict") throw error;
    // Of its tasks' ids some may be taken by other work: then there is no such batch, and the refusal stands.
    const path = pathOf("batches", batchId);
    await api.json<Batch>({ method: "GET", path, signal }).catch(() => {
      throw error;
    });
  }
}

type Sink = { write: (text: string) => void; isDrawn: boolean };

async function follow(batchId: string, total: number, { write, isDrawn }: Sink, session: Session): Promise<number> {
  const { patient, signal, terminal } = session;
  const progress: Progress = { done: 0, failed: 0, total, cost: 0 };
  const draw = () => isDrawn && terminal.err(redrawn(progressBar(progress)));
  draw();
  for await (const event of followLog<BatchEvent>(patient, pathOf("batches", batchId, "events"), ["batch.completed"], {
    signal,
  })) {
    if (event.type !== "task.completed") continue;
    write(`${JSON.stringify(await fullReport(event.delegation, session))}\n`);
    progress.done++;
    if (event.delegation.status !== "completed") progress.failed++;
    const { cost } = event.delegation;
    progress.cost = progress.cost === null || cost === null ? null : progress.cost + cost;
    draw();
  }
  if (isDrawn) terminal.err("\n");
  const end = await patient.json<Batch>({ method: "GET", path: pathOf("batches", batchId), signal });
  terminal.err(summaryLine(end));
  return exitOf(end);
}

/** The report with its whole output: events have the first 16,384 bytes of it. */
async function fullReport(
  { output_truncated, ...report }: Report,
  { patient, signal }: Session,
): Promise<Omit<Delegation, "prompt">> {
  if (!output_truncated) return report;
  const { prompt: _, ...full } = await patient.json<Delegation>({
    method: "GET",
    path: pathOf("delegations", report.task_id),
    signal,
  });
  return full;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${String(error)}`);
  }
}

/** Where the results go; a file is written anew, since a batch tells its results from the first one on. */
function sinkOf(path: string | undefined, { terminal }: Session): Disposable & { write: (text: string) => void } {
  if (path === undefined) return { write: terminal.out, [Symbol.dispose]: () => undefined };
  try {
    const file = openSync(path, "w");
    return { write: (text) => void writeSync(file, text), [Symbol.dispose]: () => closeSync(file) };
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${String(error)}`);
  }
}

const definedOf = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
