import fc from "fast-check";
import { expect } from "vitest";
import type { Budget } from "../../../src/budgets/budget.ts";
import { periodEnd, periodStart } from "../../../src/budgets/budget-period.ts";
import type { DueEntry, Ledger } from "../../../src/budgets/ledger.ts";
import type { ReservationState, ReserveOutcome, Settlement } from "../../../src/budgets/ledger-rpc.ts";
import { DAY, newBooks, taskOf } from "./books.ts";

const NAMES = ["a", "b", "c"] as const;
const AGENTS = ["coder", "writer"] as const;
const TASKS = 6;
const MOST_NANOS = 1_000;

/** One attempt as its own task knows it: the truth that the ledger hears of late, doubled, or never. */
type Attempt = {
  task: number;
  attempt: number;
  at: number;
  bound: number;
  state: "asked" | "running" | "ended";
  cost: number;
  told?: boolean;
};

/** What may happen next. Numbers choose among what there is. */
export const Step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("reserve" as const), task: fc.nat(TASKS - 1), nanos: fc.nat(MOST_NANOS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("reserve-lost" as const), task: fc.nat(TASKS - 1), nanos: fc.nat(MOST_NANOS) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("end" as const), which: fc.nat(), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("deliver" as const), which: fc.nat(), times: fc.integer({ min: 1, max: 2 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("late-cost" as const),
      which: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 200_000, DAY / 2, 17 * DAY) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("ask" as const), answers: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("answer-late" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      name: fc.constantFrom(...NAMES),
      limit: fc.nat(4 * MOST_NANOS),
      period: fc.constantFrom("total" as const, "day" as const, "month" as const),
      scope: fc.constantFrom("workspace" as const, "agent" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), name: fc.constantFrom(...NAMES) }) },
);
export type Step = typeof Step extends fc.Arbitrary<infer S> ? S : never;

/** A workspace of tasks beside a ledger, and an independent count of what the ledger must say. */
export class World {
  readonly books = newBooks();
  ledger: Ledger = this.books.ledger;
  readonly attempts: Attempt[] = [];
  /** Settlements that were sent at least once, kept to be delivered again. */
  readonly sent: { task: number; settlement: Settlement }[] = [];
  readonly lateAnswers: { entry: DueEntry; state: ReservationState }[] = [];
  version = 1;

  step(step: Step): void {
    if (step.do === "reserve") this.reserve(step.task, step.nanos, true);
    if (step.do === "reserve-lost") this.reserve(step.task, step.nanos, false);
    if (step.do === "end") this.end(step.which, step.share);
    if (step.do === "deliver") this.deliver(step.which, step.times);
    if (step.do === "late-cost") this.lateCost(step.which, step.share);
    if (step.do === "wait") this.books.clock.now += step.ms;
    if (step.do === "ask") this.ask(step.answers);
    if (step.do === "answer-late") this.answerLate(step.which);
    if (step.do === "evict") this.ledger = this.books.reopened();
    if (step.do === "put") this.put(step);
    if (step.do === "delete") this.ledger.delete(step.name);
    this.expectHeld();
  }

  put({ name, limit, period, scope }: Extract<Step, { do: "put" }>): void {
    const subject = scope === "agent" ? { subject: AGENTS[0] } : {};
    this.ledger.put(name, { scope, ...subject, period, limit: limit / 1e9, warn_at: [0.8], allow_unpriced: false });
  }

  /**
   * A task asks for its next attempt. When the answer is lost the attempt does not run; the task may ask for it again, with
   * another bound, whatever the ledger has been told meanwhile.
   */
  reserve(task: number, nanos: number, arrives: boolean): void {
    const own = this.attempts.filter((attempt) => attempt.task === task);
    const open = own.find(({ state }) => state !== "ended");
    if (open?.state === "running") return;
    const attempt = open?.attempt ?? own.length + 1;
    const { now } = this.books.clock;
    const before = this.ledger.budgets();
    const whose = this.taskOf(task);
    const outcome = this.ledger.reserve({ ...whose, attempt, nanos, ends_at: now + 120_000 });
    if (open === undefined) this.expectFair(before, whose.agent, nanos, outcome);
    if (outcome.kind !== "granted") return;
    const asked: Attempt = open ?? { task, attempt, at: now, bound: 0, state: "asked", cost: 0 };
    if (open === undefined) this.attempts.push(asked);
    const { at = 0, nanos: bound = -1 } = this.books.store.entry({ ...whose, attempt }) ?? {};
    expect(bound, "less is held than was asked for").toBeGreaterThanOrEqual(nanos);
    Object.assign(asked, { at, bound });
    if (arrives) asked.state = "running";
  }

  expectFair(before: Budget[], agent: string, nanos: number, outcome: ReserveOutcome): void {
    for (const budget of before) {
      const applies = budget.scope === "workspace" || budget.subject === agent;
      const fits = !applies || nanos === 0 || budget.spent_nanos + budget.reserved_nanos + nanos <= budget.limit_nanos;
      if (outcome.kind === "granted") expect(fits, `${budget.name} had no room`).toBe(true);
      else if (outcome.budget === budget.name) expect(fits, `${budget.name} had room`).toBe(false);
    }
  }

  /** The money of whatever runs is held, in the period it was reserved in. */
  expectHeld(): void {
    for (const budget of this.ledger.budgets()) {
      const running = this.countedIn(budget).filter(({ state }) => state === "running");
      const most = running.reduce((sum, { bound }) => sum + bound, 0);
      expect(budget.reserved_nanos, `${budget.name} holds too little`).toBeGreaterThanOrEqual(most);
    }
  }

  end(which: number, share: number): void {
    const open = this.attempts.filter(({ state }) => state === "running");
    const attempt = open[which % Math.max(1, open.length)];
    if (attempt === undefined) return;
    attempt.state = "ended";
    attempt.cost = Math.floor(attempt.bound * share);
  }

  deliver(which: number, times: number): void {
    const ended = this.attempts.filter(({ state }) => state === "ended");
    const attempt = ended[which % Math.max(1, ended.length)];
    if (attempt === undefined) return;
    const sent = { task: attempt.task, settlement: this.settlementOf(attempt) };
    this.sent.push(sent);
    for (let time = 0; time < times; time += 1) this.ledger.settle(this.taskOf(sent.task), [sent.settlement]);
    const old = this.sent[which % this.sent.length] ?? sent;
    this.ledger.settle(this.taskOf(old.task), [old.settlement]);
  }

  /** What was booked with all that was reserved turns out to have cost less. */
  lateCost(which: number, share: number): void {
    const ended = this.attempts.filter(({ state }) => state === "ended");
    const attempt = ended[which % Math.max(1, ended.length)];
    if (attempt !== undefined) attempt.cost = Math.floor(attempt.cost * share);
  }

  ask(answers: boolean): void {
    for (const entry of this.ledger.takeDue(3)) {
      const asked = { entry, state: this.stateOf(entry) };
      if (answers) this.ledger.answered(entry, asked.state);
      else this.lateAnswers.push(asked);
    }
  }

  /** An answer that comes when the ledger has long asked again. */
  answerLate(which: number): void {
    const late = this.lateAnswers[which % Math.max(1, this.lateAnswers.length)];
    if (late !== undefined && late.state.kind !== "running") this.ledger.answered(late.entry, late.state);
  }

  stateOf(entry: DueEntry): ReservationState {
    const attempt = this.attempts.find(
      (each) => this.taskOf(each.task).task_id === entry.task_id && each.attempt === entry.attempt,
    );
    if (attempt === undefined || attempt.state === "asked") return { kind: "unknown" };
    if (attempt.state === "running") return { kind: "running", ends_at: this.books.clock.now + 120_000 };
    return { kind: "settled", settlement: this.settlementOf(attempt) };
  }

  settlementOf({ attempt, at, cost }: Attempt): Settlement {
    this.version += 1;
    // A task counts from its own start, a little later than the ledger.
    return { attempt, at: at + DAY, nanos: cost, version: this.version };
  }

  taskOf(task: number) {
    return taskOf(`task-${task}`, { agent: AGENTS[task % 2] ?? "coder" });
  }

  /** Everything still open ends, and every message arrives in the end. */
  settleAll(): void {
    for (const attempt of this.attempts) if (attempt.state === "running") attempt.state = "ended";
    for (let round = 0; this.ledger.nextDue !== undefined; round += 1) {
      expect(round, "money stays held for ever").toBeLessThan(50);
      this.books.clock.now = Math.max(this.books.clock.now, this.ledger.nextDue);
      this.ask(true);
    }
    for (const attempt of this.attempts) {
      if (attempt.state === "ended") this.ledger.settle(this.taskOf(attempt.task), [this.settlementOf(attempt)]);
    }
    for (const { task, settlement } of this.sent) this.ledger.settle(this.taskOf(task), [settlement]);
  }

  /** Spent in a budget's period, counted from the attempts alone. */
  spentIn(budget: Budget): number {
    return this.countedIn(budget).reduce((sum, { cost }) => sum + cost, 0);
  }

  countedIn({ scope, subject, period }: Budget): Attempt[] {
    const start = periodStart(period, this.books.clock.now);
    const end = periodEnd(period, start);
    const whose = this.attempts.filter(({ task }) => scope === "workspace" || subject === this.taskOf(task).agent);
    return whose.filter(({ at }) => at >= start && at < end);
  }
}
