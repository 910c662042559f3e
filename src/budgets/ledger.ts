import { nanosOf } from "../lib/nanos.ts";
import type { Budget, BudgetInput } from "./budget.ts";
import { periodEnd, periodStart } from "./budget-period.ts";
import { budgetView } from "./budget-view.ts";
import type {
  AttemptKey,
  PaidTask,
  Payer,
  PutOutcome,
  ReservationAsk,
  ReservationState,
  ReserveOutcome,
  Settlement,
} from "./ledger-rpc.ts";
import type { Alert, BudgetRow, Entry, LedgerStore } from "./ledger-store.ts";

/** How long after an attempt should have ended its task is asked about it. */
const SLACK_MS = 60_000;
/** When a task that gave no answer is asked again. */
const ASK_AGAIN_MS = 60_000;
const MOST_BUDGETS = 100;

export type LedgerDeps = {
  now: () => number;
  /** Told of each alert once it is stored. */
  onAlert: (alert: Alert) => void;
  /** A vendor counted more than the most that was reckoned with; amounts in nano-dollars. */
  onOverrun: (key: AttemptKey, reserved: number, booked: number) => void;
};

/** An attempt about which its task is to be asked. The answer holds only for this `due_at`. */
export type DueEntry = Pick<Entry, "task_id" | "hash" | "attempt" | "key_id" | "agent"> & { due_at: number };

/**
 * The books of one workspace, in whole nano-dollars: an entry for every attempt that has money held or booked, and for each budget
 * the sums of its current period. All methods are synchronous, so that each is one transaction. By reservations `spent + reserved`
 * never exceeds a limit; what was really spent is booked whatever it is.
 */
export class Ledger {
  readonly #store: LedgerStore;
  readonly #deps: LedgerDeps;
  #budgets: Map<string, BudgetRow> | undefined;

  constructor(store: LedgerStore, deps: LedgerDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  get hasBudgets(): boolean {
    return this.#all().size > 0;
  }

  /** When somebody is to be asked next; undefined when nothing is held. */
  get nextDue(): number | undefined {
    return this.#store.nextDue();
  }

  /** Holds the money, once per key: asked again it holds it for longer, and a higher amount instead of the one before. */
  reserve(ask: ReservationAsk): ReserveOutcome {
    const { ends_at, nanos, ...whose } = ask;
    const now = this.#deps.now();
    const known = this.#store.entry(ask);
    const due = Math.max(now, ends_at) + SLACK_MS;
    if (known !== undefined && known.due_at === null) return { kind: "granted", asked_at: due };
    const due_at = Math.max(due, (known?.due_at ?? 0) + 1);
    if (known !== undefined && (nanos ?? 0) <= known.nanos) {
      this.#store.putEntry({ ...known, due_at });
      return { kind: "granted", asked_at: due_at };
    }
    const applicable = this.#current(now).filter((budget) => pays(budget, whose));
    const refused = applicable.flatMap((budget) => this.#refusal(budget, nanos, known) ?? [])[0];
    if (refused !== undefined) return refused;
    if (nanos === null) return { kind: "granted", asked_at: due_at };
    if (known !== undefined) this.#remove(known, now);
    this.#book(undefined, { ...whose, nanos, at: now, version: 0, due_at }, now);
    return { kind: "granted", asked_at: due_at };
  }

  /** Lets go of what is held; what is booked stays. */
  release(key: AttemptKey): void {
    const known = this.#store.entry(key);
    if (known !== undefined && known.due_at !== null) this.#remove(known, this.#deps.now());
  }

  /** Books what ended attempts cost, and when the task is over lets go of the rest of it: doubled, late and reordered settlements change nothing, a newer one replaces the amount. */
  settle(task: PaidTask, settlements: readonly Settlement[], isOver = false): void {
    const now = this.#deps.now();
    for (const { attempt, at, nanos, version } of settlements) {
      const known = this.#store.entry({ ...task, attempt });
      if (known !== undefined && known.due_at === null && known.version >= version) continue;
      const booked = nanos ?? known?.nanos ?? 0;
      if (known !== undefined && known.due_at !== null && booked > known.nanos) {
        this.#deps.onOverrun({ ...task, attempt }, known.nanos, booked);
      }
      const { task_id, hash, key_id, agent } = known ?? task;
      this.#book(
        known,
        { task_id, hash, key_id, agent, attempt, at: known?.at ?? at, nanos: booked, version, due_at: null },
        now,
      );
    }
    if (isOver) for (const left of this.#store.heldEntries(task)) this.#remove(left, now);
  }

  /** Whom to ask now, at most `most`; each is due again a minute later, should no answer come. */
  takeDue(most: number): DueEntry[] {
    const now = this.#deps.now();
    return this.#store.dueEntries(now, most).map((entry) => {
      const due_at = now + ASK_AGAIN_MS;
      this.#store.putEntry({ ...entry, due_at });
      const { task_id, hash, attempt, key_id, agent } = entry;
      return { task_id, hash, attempt, key_id, agent, due_at };
    });
  }

  /** Takes a task's answer. What was reserved again since it was asked is not let go. */
  answered(asked: DueEntry, state: ReservationState): void {
    if (state.kind === "settled") this.settle(asked, [{ ...state.settlement, attempt: asked.attempt }]);
    const entry = this.#store.entry(asked);
    if (entry === undefined || entry.due_at !== asked.due_at) return;
    if (state.kind === "unknown") this.release(asked);
    if (state.kind === "running") {
      this.#store.putEntry({ ...entry, due_at: Math.max(this.#deps.now(), state.ends_at) + SLACK_MS });
    }
  }

  /** All budgets as of now, by name. */
  budgets(): Budget[] {
    const views = this.#current(this.#deps.now()).map((budget) => this.#view(budget));
    return views.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** Replaces the whole budget. What was spent in its period counts, whenever it is made. */
  put(name: string, input: BudgetInput): PutOutcome {
    const now = this.#deps.now();
    const known = this.#all().get(name);
    if (known === undefined && this.#all().size >= MOST_BUDGETS) return { kind: "full", most: MOST_BUDGETS };
    const { scope, subject = null, period, limit, warn_at, allow_unpriced } = input;
    const settings = {
      name,
      scope,
      subject,
      period,
      limit_nanos: nanosOf(limit) ?? 0,
      warn_at: JSON.stringify([...new Set(warn_at)].sort((left, right) => left - right)),
      allow_unpriced: allow_unpriced ? 1 : 0,
    };
    if (known === undefined || !isSame(known, settings)) {
      const created_at = known?.created_at ?? now;
      // What it had reached by its old measure may be said again by the new one.
      this.#store.deleteAlerts(name);
      this.#save(this.#counted({ ...settings, created_at, updated_at: now, period_start: 0, spent: 0, reserved: 0 }, now));
    }
    const saved = this.#current(now).find((budget) => budget.name === name);
    if (saved === undefined) throw new Error(`the budget ${name} was not saved`);
    return { kind: "saved", budget: this.#view(saved), isNew: known === undefined };
  }

  /** Takes a budget away; what is held and booked stays on the books. False when there was none. */
  delete(name: string): boolean {
    if (!this.#all().delete(name)) return false;
    this.#store.deleteBudget(name);
    this.#store.deleteAlerts(name);
    return true;
  }

  #refusal(budget: BudgetRow, nanos: number | null, known: Entry | undefined): ReserveOutcome | undefined {
    const { name, period, limit_nanos: limit } = budget;
    const held = known !== undefined && isIn(budget, known) ? known.nanos : 0;
    const remaining = limit - budget.spent - budget.reserved + held;
    if (nanos === null) {
      return budget.allow_unpriced === 1 ? undefined : { kind: "unpriced", budget: name, period, limit, remaining };
    }
    if (nanos <= remaining || nanos === 0) return undefined;
    this.#alert(budget, "exceeded", 1);
    return { kind: "over", budget: name, period, limit, remaining: Math.max(0, remaining) };
  }

  /** Writes an entry, and carries it into the budgets, whose period is turned first: turning counts what is written. */
  #book(before: Entry | undefined, after: Entry, now: number): void {
    const budgets = this.#current(now);
    this.#store.putEntry(after);
    this.#carry(budgets, before, after);
  }

  #remove(entry: Entry, now: number): void {
    const budgets = this.#current(now);
    this.#store.deleteEntry(entry);
    this.#carry(budgets, entry, undefined);
  }

  /** Brings the sums of the budgets from one state of an entry to the next. */
  #carry(budgets: readonly BudgetRow[], before: Entry | undefined, after: Entry | undefined): void {
    const entry = after ?? before;
    if (entry === undefined) return;
    for (const budget of budgets) {
      if (!pays(budget, entry) || !isIn(budget, entry)) continue;
      const spent = budget.spent + booked(after) - booked(before);
      const reserved = budget.reserved + held(after) - held(before);
      if (spent !== budget.spent || reserved !== budget.reserved) this.#save({ ...budget, spent, reserved });
    }
  }

  #save(budget: BudgetRow): void {
    this.#store.putBudget(budget);
    this.#all().set(budget.name, budget);
    const { spent, limit_nanos } = budget;
    if (spent === 0) return;
    for (const share of JSON.parse(budget.warn_at) as number[]) {
      if (spent >= share * limit_nanos) this.#alert(budget, "warning", share);
    }
    if (spent >= limit_nanos) this.#alert(budget, "exceeded", 1);
  }

  #alert({ name, period_start }: BudgetRow, kind: Alert["kind"], share: number): void {
    const known = this.#store.alerts(name, period_start);
    if (known.some((alert) => alert.kind === kind && alert.share === share)) return;
    const alert: Alert = { budget: name, period_start, kind, share, at: this.#deps.now() };
    this.#store.addAlert(alert);
    this.#deps.onAlert(alert);
  }

  /** The budgets with the sums of the period that `now` is in. */
  #current(now: number): BudgetRow[] {
    return [...this.#all().values()].map((budget) => {
      if (periodStart(budget.period, now) === budget.period_start) return budget;
      const turned = this.#counted(budget, now);
      this.#save(turned);
      return turned;
    });
  }

  #counted(budget: BudgetRow, now: number): BudgetRow {
    const start = periodStart(budget.period, now);
    return { ...budget, period_start: start, ...this.#store.sums(budget, start, periodEnd(budget.period, start)) };
  }

  #all(): Map<string, BudgetRow> {
    this.#budgets ??= new Map(this.#store.budgets().map((budget) => [budget.name, budget]));
    return this.#budgets;
  }

  #view(budget: BudgetRow): Budget {
    return budgetView(budget, this.#store.alerts(budget.name, budget.period_start));
  }
}

const pays = ({ scope, subject }: BudgetRow, { key_id, agent }: Payer): boolean =>
  scope === "workspace" || subject === (scope === "key" ? key_id : agent);

const isIn = ({ period, period_start }: BudgetRow, { at }: Entry): boolean =>
  at >= period_start && at < periodEnd(period, period_start);

const booked = (entry: Entry | undefined): number => (entry?.due_at === null ? entry.nanos : 0);
const held = (entry: Entry | undefined): number => (entry === undefined || entry.due_at === null ? 0 : entry.nanos);

const isSame = (known: BudgetRow, settings: Partial<BudgetRow>): boolean =>
  Object.entries(settings).every(([name, value]) => known[name as keyof BudgetRow] === value);
