import { NO_USAGE, type ProviderRequest, type StreamingProvider, type Usage } from "../../providers/provider.ts";
import { type AttemptState, finishedState, type InvalidAnswer, isFinal, withAttempt } from "../delegation-state.ts";
import type { Checkpoint } from "../delegation-store.ts";
import type { DelegationTask } from "../delegation-task.ts";
import type { EventBody } from "../events.ts";
import { ItemWriter } from "../log/item-writer.ts";
import { afterFailedAttempt } from "./after-attempt.ts";
import type { Standing } from "./circuit-report.ts";
import { invalidAnswer } from "./invalid-answer.ts";
import { type AttemptResult, runAttempt, type StopReason } from "./run-attempt.ts";
import { type Price, settledAttempt } from "./settled-attempt.ts";
import { turnEnded } from "./turn-events.ts";

/** A watched stream is stored (and so shown) at once, then at most this often. */
const WATCHED_FLUSH_MS = 50;
/** Unwatched text is stored when it is both this old and this long, … */
const UNWATCHED_FLUSH_MS = 2_000;
const UNWATCHED_FLUSH_CHARACTERS = 4_096;
/** … the first of an attempt by age alone, and all by this age. */
const UNWATCHED_MOST_MS = 15_000;

export type AttemptRunDeps = {
  provider: StreamingProvider;
  request: ProviderRequest;
  price: Price;
  /** Bounds this attempt, in milliseconds from now. */
  timeoutMs: number;
  now: () => number;
  random: () => number;
  onUnknown: (cause: unknown) => void;
  /** Told when the vendor begins to answer, and when the attempt has ended. */
  onStanding: (standing: Standing) => void;
};

/** One streaming call in memory, from its request to its closed attempt row. The row is `running` before this exists. */
export class AttemptRun {
  readonly #task: DelegationTask;
  readonly #number: number;
  readonly #deps: AttemptRunDeps;
  readonly #controller = new AbortController();
  readonly #writer: ItemWriter;
  #flushedAt: number;
  #flushes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the timer was set for a watched stream: a viewer that joins does not wait for the slow one. */
  #timedWatched = false;
  #answers = false;
  #closed = false;

  constructor(task: DelegationTask, attempt: AttemptState, deps: AttemptRunDeps) {
    this.#task = task;
    this.#number = attempt.number;
    this.#deps = deps;
    this.#flushedAt = attempt.started_at;
    this.#writer = new ItemWriter(attempt.number, (event) => this.#emit(event), deps.now);
  }

  /** What the vendor has counted so far. */
  get usage(): Usage {
    return this.#writer.usageSeen ?? NO_USAGE;
  }

  /** Ends the vendor call; the attempt row is closed when `run` resolves. */
  stop(reason: StopReason): void {
    this.#controller.abort(reason);
  }

  /** Makes the call and commits what it led to. Never throws for what a vendor does. */
  async run(): Promise<void> {
    const deadlineMs = this.#task.state.deadline_at - this.#deps.now();
    const reason: StopReason = deadlineMs < this.#deps.timeoutMs ? "deadline_exceeded" : "timeout";
    const limit = setTimeout(() => this.stop(reason), Math.max(0, Math.min(deadlineMs, this.#deps.timeoutMs)));
    try {
      this.close(await runAttempt(this.#deps.provider, this.#deps.request, this.#writer, this.#controller.signal));
    } finally {
      clearTimeout(limit);
      clearTimeout(this.#timer);
    }
  }

  /** Writes the end of the attempt, once; later calls and a late stream write nothing. */
  close(result: AttemptResult): void {
    if (this.#closed) return;
    const task = this.#task;
    this.#writer.end();
    this.#closed = true;
    const attempt = task.state.attempts.find((known) => known.number === this.#number);
    if (attempt === undefined || attempt.status !== "running" || isFinal(task.state)) return;
    if (result.kind === "failed" && result.cause !== undefined) this.#deps.onUnknown(result.cause);
    const now = this.#deps.now();
    const settled = settledAttempt(attempt, {
      result,
      firstTokenAt: this.#writer.firstTokenAt ?? null,
      now,
      price: this.#deps.price,
      invalid: this.#invalidAnswer(result),
      repeatable: true,
    });
    const ended = withAttempt(task.state, settled.attempt, settled.warnings);
    const next =
      settled.failure === undefined
        ? finishedState(ended, { status: "completed", error: null, now })
        : afterFailedAttempt(ended, task.spec, settled.failure, { now, random: this.#deps.random() });
    task.commit(next, turnEnded(settled.attempt, next, settled.warnings), { flush: true });
    this.#deps.onStanding({ kind: "ended", retryAfterMs: settled.failure?.retryAfterMs });
  }

  #invalidAnswer(result: AttemptResult): InvalidAnswer | undefined {
    if (result.kind !== "answered" || result.completion.outcome !== "completed") return undefined;
    return invalidAnswer(this.#writer.answer, this.#deps.request.output);
  }

  #emit(event: EventBody): void {
    if (this.#closed) return;
    if (!this.#answers) this.#deps.onStanding({ kind: "answers" });
    this.#answers = true;
    this.#task.log.append(event, this.#deps.now());
    this.#schedule();
  }

  /** Flushes now if it is time, else makes sure that it will be. */
  #schedule(): void {
    const { watched } = this.#task;
    if (this.#timer !== undefined && this.#timedWatched === watched) return;
    clearTimeout(this.#timer);
    this.#timedWatched = watched;
    const age = this.#deps.now() - this.#flushedAt;
    const waitMs = this.#dueAge() - age;
    if (waitMs <= 0) {
      this.#timer = undefined;
      this.#flush();
      return;
    }
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        if (!this.#closed) this.#schedule();
      },
      Math.min(waitMs, watched ? WATCHED_FLUSH_MS : UNWATCHED_FLUSH_MS),
    );
  }

  /** How old the waiting events may become. */
  #dueAge(): number {
    if (this.#task.watched) return WATCHED_FLUSH_MS;
    if (this.#flushes === 0) return UNWATCHED_FLUSH_MS;
    return this.#task.log.waiting >= UNWATCHED_FLUSH_CHARACTERS ? UNWATCHED_FLUSH_MS : UNWATCHED_MOST_MS;
  }

  #flush(): void {
    this.#task.flush(this.#checkpoint());
    this.#flushedAt = this.#deps.now();
    this.#flushes += 1;
  }

  #checkpoint(): Checkpoint {
    const { usageSeen, modelSeen, requestIdSeen, firstTokenAt } = this.#writer;
    return { attempt: this.#number, usage: usageSeen, model: modelSeen, request_id: requestIdSeen, first_token_at: firstTokenAt };
  }
}
