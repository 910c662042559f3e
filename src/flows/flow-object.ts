import { DurableObject } from "cloudflare:workers";
import { configOf } from "../config.ts";
import { createDatabase } from "../db/client.ts";
import { deleteFlow, flowStatements, saveFlow } from "../db/flows.ts";
import { answersFromCache } from "../delegations/admission/answers-from-cache.ts";
import type { Delegation } from "../delegations/delegation.ts";
import type {
  Absent,
  DelegationProtocol,
  DelegationSpec,
  EraseEndedOutcome,
  WakeOutcome,
} from "../delegations/delegation-rpc.ts";
import { refusedReport } from "../delegations/refused-report.ts";
import { reportOf, type TaskReport } from "../delegations/task-report.ts";
import { eachLimited } from "../lib/each-limited.ts";
import { describeError, log } from "../lib/log.ts";
import { within } from "../lib/within.ts";
import { ObjectAlarm } from "../outbox/object-alarm.ts";
import { type Carried, Outbox } from "../outbox/outbox.ts";
import { announce } from "../webhooks/announce.ts";
import { flowEvent } from "../webhooks/webhook-event.ts";
import type { Flow } from "./flow.ts";
import { flowRow } from "./flow-row.ts";
import type { FlowEventsOutcome, FlowFindOutcome, FlowOutcome, FlowProtocol, FlowSpec, FlowStartOutcome } from "./flow-rpc.ts";
import { FlowStore } from "./flow-store.ts";
import { taskIdOf } from "./flow-view.ts";
import type { Piece, StepAsk } from "./pattern.ts";
import { type FlowOutboxKind, RunningFlow } from "./running-flow.ts";
import { sharesOf, withShare } from "./step-money.ts";
import { stepSpec } from "./step-spec.ts";

const LONGEST_WAIT_MS = 55_000;
/** How long an acceptance waits for the list and the first steps, so that they are found at once. */
const LISTED_MS = 1_000;
const CANCELLED_MS = 20_000;
const AT_ONCE = 20;
const DAY_MS = 86_400_000;

/** Owns one flow: what it is to do, and what its steps came to. See FlowProtocol for what each method promises. */
export class FlowObject extends DurableObject<Env> implements FlowProtocol {
  readonly #outbox: Outbox<FlowOutboxKind> = new Outbox<FlowOutboxKind>(
    { steps: () => this.#advance(), cancels: () => this.#cancelOpen(), row: () => this.#list() },
    {
      rows: this.ctx.storage.kv,
      now: Date.now,
      random: Math.random,
      onStuck: (kind, failures, cause) =>
        log.error(
          { flowId: this.#flow?.header.flow_id, cause: describeError(cause) },
          `outbox row ${kind} has failed ${failures} times`,
        ),
    },
  );
  readonly #deps = {
    store: new FlowStore(this.ctx.storage.kv),
    outbox: this.#outbox,
    clock: { now: Date.now, random: Math.random },
  };
  readonly #alarm = new ObjectAlarm(this.ctx.storage);
  #flow: RunningFlow | undefined;
  /** The steps that are being started just now: a cancel comes after them. */
  #starts: Promise<unknown> = Promise.resolve();

  async start(spec: FlowSpec): Promise<FlowStartOutcome> {
    const known = this.#load();
    if (known !== undefined) {
      return known.header.hash === spec.hash ? { kind: "same", flow: await this.#view(known) } : { kind: "conflict" };
    }
    if (this.#deps.store.erased() !== undefined) return { kind: "gone" };
    const flow = RunningFlow.accept(spec, this.#deps);
    this.#flow = flow;
    this.#arm();
    await within(LISTED_MS, this.#drain());
    return { kind: "accepted", flow: await this.#view(flow) };
  }

  async find(hash: string): Promise<FlowFindOutcome> {
    const flow = this.#load();
    if (flow === undefined) return this.#absent();
    return flow.header.hash === hash ? { kind: "same", flow: await this.#view(flow) } : { kind: "conflict" };
  }

  async read(waitMs: number): Promise<FlowOutcome> {
    const flow = this.#load();
    if (flow === undefined) return this.#absent();
    await flow.until(() => flow.isOver, Math.min(waitMs, LONGEST_WAIT_MS));
    return { kind: "found", flow: await this.#view(flow) };
  }

  async told(report: TaskReport): Promise<void> {
    const flow = this.#load();
    if (flow === undefined || report.flow_step === null || report.flow_id !== flow.header.flow_id) return;
    flow.apply(report.flow_step, report);
    this.#goOn();
  }

  async cancel(by: string): Promise<FlowOutcome> {
    const flow = this.#load();
    if (flow === undefined) return this.#absent();
    flow.end({ status: "cancelled", by });
    this.#goOn();
    await flow.until(() => flow.isOver, CANCELLED_MS);
    return { kind: "found", flow: await this.#view(flow) };
  }

  async events(after: number, format: "sse" | "ndjson"): Promise<FlowEventsOutcome> {
    const flow = this.#load();
    if (flow === undefined) return this.#absent();
    const stream = flow.read(after, format);
    return stream === undefined ? { kind: "ended" } : { kind: "stream", stream };
  }

  async erase(): Promise<EraseEndedOutcome> {
    const flow = this.#load();
    if (flow === undefined && this.#deps.store.erased() === undefined) return { kind: "unknown" };
    if (flow?.isOver === false) return { kind: "open" };
    if (flow !== undefined) this.#deps.store.erase(flow.header);
    this.#outbox.add("row");
    this.#flow = undefined;
    this.#goOn();
    return { kind: "erased" };
  }

  async wake(): Promise<WakeOutcome> {
    const flow = this.#load();
    if (flow === undefined && this.#deps.store.erased() === undefined) return { kind: "unknown" };
    this.#outbox.add("row");
    flow?.askSoon();
    if (flow?.isOver === false) this.#outbox.add(flow.progress.ending === null ? "steps" : "cancels");
    this.#goOn();
    return { kind: "woken" };
  }

  override async alarm(): Promise<void> {
    this.#alarm.fired();
    const flow = this.#load();
    if (flow?.asksNow() === true) await this.#ask(flow);
    await this.#drain();
  }

  #goOn(): void {
    this.#arm();
    this.ctx.waitUntil(this.#drain());
  }

  async #drain(): Promise<void> {
    await this.#outbox.drain();
    this.#arm();
  }

  #arm(): void {
    this.#alarm.arm([this.#outbox.nextDue(), this.#flow?.askAt]);
  }

  #load(): RunningFlow | undefined {
    this.#flow ??= RunningFlow.load(this.#deps);
    return this.#flow;
  }

  #absent(): Absent {
    return { kind: this.#deps.store.erased() === undefined ? "unknown" : "gone" };
  }

  #task(flow: RunningFlow, step: string): DelegationProtocol {
    const { workspace, flow_id } = flow.header;
    return this.env.DELEGATIONS.getByName(`${workspace}/${taskIdOf(flow_id, step)}`) as unknown as DelegationProtocol;
  }

  /** A step's delegation with all of its texts; undefined when it was deleted. */
  async #whole(flow: RunningFlow, step: string): Promise<Delegation | undefined> {
    const outcome = await this.#task(flow, step).read(0);
    return outcome.kind === "found" ? outcome.delegation : undefined;
  }

  async #view(flow: RunningFlow): Promise<Flow> {
    const elsewhere = flow.answeredElsewhere;
    return flow.view(elsewhere === undefined ? null : ((await this.#whole(flow, elsewhere)) ?? null));
  }

  /** Starts what is next, until there is nothing to start: then a step's end leads here again. */
  async #advance(): Promise<Carried> {
    const flow = this.#load();
    while (flow !== undefined) {
      for (const step of flow.unknownAnswers()) flow.know(step, (await this.#whole(flow, step))?.output_data ?? null);
      const next = flow.next();
      if ("done" in next) flow.end(next.done);
      if ("done" in next || next.start.length === 0) break;
      const starts = this.#startAll(flow, next.start);
      this.#starts = starts.catch(() => undefined);
      await starts;
    }
    return "done";
  }

  async #startAll(flow: RunningFlow, asks: readonly StepAsk[]): Promise<void> {
    const texts = new Map<string, Promise<string | undefined>>();
    const specs: DelegationSpec[] = [];
    for (const ask of asks) {
      const spec = await this.#specOf(flow, ask, texts);
      if (spec === undefined) return;
      specs.push(spec);
    }
    const shares = sharesOf(
      flow,
      asks.map(({ name }) => name),
    );
    const answers = await answersFromCache(specs, this.env, Date.now());
    await eachLimited(specs, AT_ONCE, async (spec) => {
      const step = spec.flow?.step ?? "";
      if (!flow.starting(step, spec.input.output_schema !== undefined, shares.get(step))) return;
      const outcome = await this.#task(flow, step).start(withShare(spec, shares.get(step)), answers.get(spec.task_id));
      const isRefused = outcome.kind === "conflict" || outcome.kind === "gone";
      flow.apply(step, isRefused ? refusedReport(spec, outcome.kind, Date.now()) : reportOf(outcome.delegation));
    });
  }

  /** What the step is to be started with; undefined when the flow fails instead. `texts` are the outputs read so far. */
  async #specOf(
    flow: RunningFlow,
    ask: StepAsk,
    texts: Map<string, Promise<string | undefined>>,
  ): Promise<DelegationSpec | undefined> {
    const role = flow.role(ask.role);
    if (role === undefined) return undefined;
    const pieces = await Promise.all(ask.prompt.map((piece) => this.#textOf(flow, piece, texts)));
    const missing = ask.prompt.find((_piece, index) => pieces[index] === undefined);
    if (typeof missing === "object") {
      const [step, needs] = [missing.output_of, `The step ${ask.name} needs the output of ${missing.output_of}`];
      flow.end({ status: "failed", error: { code: "step_failed", message: `${needs}, which was deleted.`, step } });
      return undefined;
    }
    const spec = stepSpec(flow.header, role, ask, pieces.join(""), Date.now());
    if ("task_id" in spec) return spec;
    flow.end({ status: "failed", error: spec });
    return undefined;
  }

  #textOf(flow: RunningFlow, piece: Piece, texts: Map<string, Promise<string | undefined>>): Promise<string | undefined> {
    if (typeof piece === "string") return Promise.resolve(piece);
    const step = piece.output_of;
    const known = texts.get(step) ?? this.#outputOf(flow, step);
    texts.set(step, known);
    return known;
  }

  /** The whole output of a step that completed; undefined when it was deleted. */
  async #outputOf(flow: RunningFlow, step: string): Promise<string | undefined> {
    const report = flow.reports.get(step);
    if (report?.output_truncated === false) return report.output ?? undefined;
    return (await this.#whole(flow, step))?.output ?? undefined;
  }

  async #cancelOpen(): Promise<Carried> {
    await this.#starts;
    const flow = this.#load();
    const { ending } = flow?.progress ?? {};
    if (flow === undefined || ending === undefined || ending === null) return "done";
    const by = ending.status === "cancelled" ? ending.by : `flow ${flow.header.flow_id}`;
    await eachLimited(flow.open(), AT_ONCE, async (step) => {
      const outcome = await this.#task(flow, step).cancel(by);
      if ("delegation" in outcome) flow.apply(step, reportOf(outcome.delegation));
      else flow.lost(step);
    });
    return "done";
  }

  /** Takes in how the open steps are, should their own word have been lost. */
  async #ask(flow: RunningFlow): Promise<void> {
    await eachLimited(flow.open(), AT_ONCE, async (step) => {
      const delegation = await this.#whole(flow, step);
      if (delegation !== undefined) flow.apply(step, reportOf(delegation));
    }).catch((cause) => log.error({ flowId: flow.header.flow_id, cause: describeError(cause) }, "a step could not be asked"));
  }

  async #list(): Promise<Carried> {
    const flow = this.#load();
    const database = createDatabase(this.env.DB);
    const erased = this.#deps.store.erased();
    if (erased !== undefined) await deleteFlow(database, erased);
    if (flow === undefined) return "done";
    const row = flowRow(flow, Date.now(), configOf(this.env).retentionDays * DAY_MS);
    const event = await flowEvent(row, flow.header.webhook_url ?? null);
    if (event === undefined) await saveFlow(database, row);
    else await announce(database, this.env.WEBHOOK_QUEUE, event, flowStatements(database, row));
    return "done";
  }
}
