import type { DelegationInput, DelegationStatus } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { chunkedText, deleteRows, type KeyValue, type StoredText, wholeText } from "../delegations/log/chunked-text.ts";
import { type EventGroup, EventGroups } from "../delegations/log/event-groups.ts";
import type { TaskReport } from "../delegations/task-report.ts";
import type { FlowSpec } from "./flow-rpc.ts";
import type { Ending } from "./pattern.ts";
import type { FlowInput, PatternName } from "./patterns.ts";

/** What never changes. `deadline` in seconds; null = none for the whole. */
export type FlowHeader = Omit<FlowSpec, "input" | "roles"> & {
  pattern: PatternName;
  /** By step, what the answer calls it; absent = all by their own names. */
  called?: { readonly [step: string]: string };
  deadline: number | null;
  /** US dollars; absent = no limit. */
  max_cost?: number;
  parent_task_id: string | null;
  properties: NonNullable<DelegationInput["properties"]>;
  prompt_preview: string | null;
  /** Told of its end besides the workspace's endpoints. */
  webhook_url?: string;
};

/** One step. Until its delegation is known to exist (`begun`) it is only meant to be started. */
export type StoredStep = {
  name: string;
  answersBySchema: boolean;
  begun: boolean;
  status: DelegationStatus;
  /** Its share of the flow's max_cost. */
  max_cost_nanos?: number;
};

/** What a flow comes to; `cancelled` names who did it. */
export type FlowEnding = Ending | { status: "cancelled"; by: string };

/** What changes. Times are milliseconds since the epoch. */
export type FlowProgress = {
  /** Grows with every change. */
  version: number;
  steps: StoredStep[];
  /** The number of the next event. */
  next: number;
  /** Decided; what still runs is cancelled, and then the flow is over. */
  ending: FlowEnding | null;
  /** When open steps are asked how they are, should none have told; null while none is open. */
  ask_at: number | null;
  /** How often that was so without anything having changed in between. */
  asks: number;
  completed_at: number | null;
};

/** What stays of a flow whose retention is over. */
export type ErasedFlow = Pick<FlowSpec, "workspace" | "flow_id">;

/** What happened at one moment. */
export type StoredEvent =
  | { kind: "started"; step: string }
  | { kind: "ended"; step: string; report: TaskReport }
  | { kind: "completed" };
export type StoredEvents = EventGroup & StoredEvent;

/** What is needed to start steps: large, and gone when the flow is over. */
export type FlowWork = Pick<FlowSpec, "input" | "roles">;

/** Typed access to one flow's rows. Constructing it writes nothing. */
export class FlowStore {
  readonly events: EventGroups<StoredEvents>;
  readonly #rows: KeyValue;

  constructor(rows: KeyValue) {
    this.#rows = rows;
    this.events = new EventGroups(rows);
  }

  header(): FlowHeader | undefined {
    return this.#rows.get<FlowHeader>("flow");
  }

  putFlow(header: FlowHeader, work: FlowWork): void {
    this.#rows.put("flow", header);
    this.#putText("work/input", work.input);
    for (const [name, spec] of Object.entries(work.roles)) this.#putText(`work/role/${name}`, spec);
  }

  input(): FlowInput | undefined {
    return this.#text<FlowInput>("work/input");
  }

  role(name: string): DelegationSpec | undefined {
    return this.#text<DelegationSpec>(`work/role/${name}`);
  }

  /** Nothing is started from here any more: the steps' own objects have the texts. */
  dropWork(): void {
    for (const prefix of ["work/", "chunk/work/"]) deleteRows(this.#rows, prefix);
  }

  progress(): FlowProgress | undefined {
    return this.#rows.get<FlowProgress>("progress");
  }

  putProgress(progress: FlowProgress): void {
    this.#rows.put("progress", progress);
  }

  erased(): ErasedFlow | undefined {
    return this.#rows.get<ErasedFlow>("erased");
  }

  /** Leaves one row, which says that it was. */
  erase({ workspace, flow_id }: ErasedFlow): void {
    for (const prefix of ["work/", "chunk/", "event/", "outbox/", "flow", "progress"]) deleteRows(this.#rows, prefix);
    this.#rows.put<ErasedFlow>("erased", { workspace, flow_id });
  }

  #putText(key: string, value: unknown): void {
    this.#rows.put(key, chunkedText(this.#rows, key, JSON.stringify(value)));
  }

  #text<T>(key: string): T | undefined {
    const text = wholeText(this.#rows, key, this.#rows.get<StoredText>(key));
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }
}
