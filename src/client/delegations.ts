import type { Delegation, DelegationStatus } from "../delegations/delegation.ts";
import type { DelegationEvent } from "../delegations/events.ts";
import type { DelegationSummary } from "../http/delegation-summary.ts";
import { snake } from "./camel-case.ts";
import { type DelegateInput, type DelegationRecord, type DelegationRow, recordOf, rowOf } from "./delegation-record.ts";
import { DeputeError } from "./depute-error.ts";
import { followEvents } from "./follow-events.ts";
import type { FollowOptions } from "./follow-log.ts";
import type { TaskType } from "./model-words.ts";
import { modelName } from "./select-model.ts";
import type { Transport } from "./transport.ts";

const LONGEST_WAIT_SECONDS = 55;
const PAGE = 200;
const FINAL: readonly DelegationStatus[] = ["completed", "failed", "cancelled"];

/** Aborting stops the call, not the delegation: `cancel` does that. */
export type CallOptions = { signal?: AbortSignal | undefined };

/** Which delegations; all of the conditions hold. Times are ISO 8601, costs US dollars. */
export type DelegationFilter = {
  status?: DelegationStatus | readonly DelegationStatus[];
  agent?: string;
  provider?: DelegationRecord["provider"];
  /** The vendor's id, or the name it was asked for by. */
  model?: string;
  taskType?: TaskType;
  batchId?: string;
  flowId?: string;
  parentTaskId?: string;
  source?: DelegationRecord["source"];
  createdAfter?: string;
  createdBefore?: string;
  minCost?: number;
  properties?: { readonly [name: string]: string | number | boolean };
  /** Default: the newest first. */
  sort?: "-created_at" | "created_at" | "-cost" | "cost" | "-completed_at" | "completed_at";
};

/** What else to run a final delegation again on; nothing: the same again. */
export type RetryInput = { taskId?: string; provider?: NonNullable<DelegateInput["provider"]>; model?: string };

/** The calls about single delegations. Each throws DeputeError, or the signal's reason. */
export class Delegations {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Accepts a delegation; it runs from here on, whatever becomes of the caller. */
  async create({ model, ...input }: DelegateInput, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    const body = snake({ ...input, ...(model !== undefined && { model: modelName(model) }) });
    const call = { method: "POST", path: "/v1/delegations", body, signal, again: "by key" } as const;
    return recordOf(await this.#transport.json<Delegation>(call));
  }

  /** The delegation as it is now. */
  get(taskId: string, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    return this.#read(taskId, 0, signal);
  }

  /** The delegation as it is now, or null when there is none of this id (or no more). */
  async find(taskId: string, options: CallOptions = {}): Promise<DelegationRecord | null> {
    try {
      return await this.get(taskId, options);
    } catch (error) {
      if (error instanceof DeputeError && (error.code === "not_found" || error.code === "gone")) return null;
      throw error;
    }
  }

  /** The delegation once it is completed, failed or cancelled, however long that takes. */
  async final(taskId: string, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    for (;;) {
      const record = await this.#read(taskId, LONGEST_WAIT_SECONDS, signal);
      if (FINAL.includes(record.status)) return record;
    }
  }

  /** What happens to it, from its beginning to its end, live. */
  events(taskId: string, options: FollowOptions = {}): AsyncGenerator<DelegationEvent> {
    return followEvents(this.#transport, taskId, options);
  }

  /** Those of the list that fit, page by page. The list follows the delegations within moments. */
  async *each(filter: DelegationFilter = {}, { signal }: CallOptions = {}): AsyncGenerator<DelegationRow> {
    const { properties = {}, ...fields } = filter;
    const named = Object.entries(properties).map(([name, value]) => [`property.${name}`, value]);
    const query = { ...(snake(fields) as object), ...Object.fromEntries(named), limit: PAGE };
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: { data: DelegationSummary[]; next_cursor: string | null } = await this.#transport.json({
        method: "GET",
        path: "/v1/delegations",
        query: { ...query, cursor },
        signal,
      });
      for (const summary of page.data) yield rowOf(summary);
      cursor = page.next_cursor;
    }
  }

  /** Stops the vendor's work. */
  cancel(taskId: string, options: CallOptions = {}): Promise<DelegationRecord> {
    return this.#act(taskId, "cancel", options);
  }

  /** Lets one that waits for approval run. */
  approve(taskId: string, options: CallOptions = {}): Promise<DelegationRecord> {
    return this.#act(taskId, "approve", options);
  }

  /** Refuses one that waits for approval. */
  reject(taskId: string, options: CallOptions = {}): Promise<DelegationRecord> {
    return this.#act(taskId, "reject", options);
  }

  /** Runs a final one again as a new one, its child. */
  async retry(taskId: string, input: RetryInput = {}, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    const call = { method: "POST", path: `${pathOf(taskId)}/retry`, body: snake(input), signal, again: "by key" } as const;
    return recordOf(await this.#transport.json<Delegation>(call));
  }

  /** Deletes its texts and events for good; its costs stay in the books. */
  async delete(taskId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#transport.json({ method: "DELETE", path: pathOf(taskId), signal });
  }

  async #read(taskId: string, wait: number, signal: AbortSignal | undefined): Promise<DelegationRecord> {
    return recordOf(await this.#transport.json<Delegation>({ method: "GET", path: pathOf(taskId), query: { wait }, signal }));
  }

  async #act(taskId: string, action: string, { signal }: CallOptions): Promise<DelegationRecord> {
    return recordOf(await this.#transport.json<Delegation>({ method: "POST", path: `${pathOf(taskId)}/${action}`, signal }));
  }
}

const pathOf = (taskId: string): string => `/v1/delegations/${encodeURIComponent(taskId)}`;
