import type { Delegation, DelegationStatus } from "../delegations/delegation.ts";
import type { DelegationEvent } from "../delegations/events.ts";
import type { DelegationSummary } from "../http/delegation-summary.ts";
import type { DelegationTree } from "../http/delegation-tree.ts";
import {
  ask,
  type CallOptions,
  type CreatedSpan,
  eachRow,
  orNull,
  type Page,
  type PageOptions,
  pageOfRows,
  pathOf,
  queryOf,
  whenEnded,
} from "./ask.ts";
import { type Camel, type ModelChoice, snake } from "./camel-case.ts";
import { type DelegateInput, type DelegationRecord, type DelegationRow, recordOf, rowOf } from "./delegation-record.ts";
import { DeputeError } from "./depute-error.ts";
import { eachLine } from "./each-line.ts";
import { followEvents } from "./follow-events.ts";
import type { FollowOptions } from "./follow-log.ts";
import type { TaskType } from "./model-words.ts";
import { type RecordInput, recordBody } from "./record-input.ts";
import type { ApiCall, Transport } from "./transport.ts";

const FINAL: readonly DelegationStatus[] = ["completed", "failed", "cancelled"];

/** Which delegations; all of the conditions hold. Times are ISO 8601, costs US dollars. */
export type DelegationFilter = CreatedSpan & {
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
  minCost?: number;
  /** Words that are all in the first 2,000 characters of prompt and output. */
  q?: string;
  properties?: { readonly [name: string]: string | number | boolean };
  /** Default: the newest first. */
  sort?: "-created_at" | "created_at" | "-cost" | "cost" | "-completed_at" | "completed_at";
};

/** Which delegations go into the file, and what it is; NDJSON unless given. */
export type ExportInput = Omit<DelegationFilter, "sort"> & { format?: "ndjson" | "csv" };

/** What else to run a final delegation again on; nothing: the same again. */
export type RetryInput = { taskId?: string; provider?: NonNullable<DelegateInput["provider"]>; model?: ModelChoice };

/** Sent twice under one `idempotencyKey` it is one delegation: a key of the caller's own holds across its restarts. */
export type CreateOptions = CallOptions & { idempotencyKey?: string | undefined };

/** The delegations of a tree, the root first, then level by level. */
export type TreeRecord = Camel<DelegationTree>;

/** The calls about single delegations. Each throws DeputeError, or the signal's reason. */
export class Delegations {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Accepts a delegation; it runs from here on, whatever becomes of the caller. */
  async create(input: DelegateInput, { signal, idempotencyKey }: CreateOptions = {}): Promise<DelegationRecord> {
    const call = { method: "POST", path: "/v1/delegations", body: snake(input) } as const;
    return this.#record({ ...call, headers: keyed(idempotencyKey), signal, again: "by key" });
  }

  /** Puts on record what was done elsewhere. */
  record(input: RecordInput, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    return this.#record({ method: "POST", path: "/v1/records", body: recordBody(input), signal, again: "by key" });
  }

  /** The delegation as it is now, or null when there is none of this id (or no more). */
  find(taskId: string, { signal }: CallOptions = {}): Promise<DelegationRecord | null> {
    return orNull(this.#record({ method: "GET", path: pathOf("delegations", taskId), signal }));
  }

  /** The delegation once it is completed, failed or cancelled, however long that takes. */
  async final(taskId: string, options: CallOptions = {}): Promise<DelegationRecord> {
    const isEnded = ({ status }: Delegation) => FINAL.includes(status);
    return recordOf(await whenEnded(this.#transport, pathOf("delegations", taskId), isEnded, options));
  }

  /** What happens to it, from its beginning to its end, live. */
  events(taskId: string, options: FollowOptions = {}): AsyncGenerator<DelegationEvent> {
    return followEvents(this.#transport, taskId, options);
  }

  /** What has happened to it up to now. */
  log(taskId: string, options: CallOptions = {}): AsyncGenerator<DelegationEvent> {
    return eachLine<DelegationEvent>(this.#transport, pathOf("delegations", taskId, "events"), {}, options);
  }

  /** Those of the list that fit, page by page. The list follows the delegations within moments. */
  async *each(filter: DelegationFilter = {}, options: CallOptions = {}): AsyncGenerator<DelegationRow> {
    const query = filterQuery(filter);
    for await (const row of eachRow<DelegationSummary>(this.#transport, "/v1/delegations", query, options)) yield rowOf(row);
  }

  /** One page of the same. */
  async page(filter: DelegationFilter = {}, options: PageOptions = {}): Promise<Page<DelegationRow>> {
    const query = filterQuery(filter);
    const { data, nextCursor } = await pageOfRows<DelegationSummary>(this.#transport, "/v1/delegations", query, options);
    return { data: data.map(rowOf), nextCursor };
  }

  /** Those that fit as the bytes of a file, in the API's names, newest first. */
  async export({ format, ...filter }: ExportInput = {}, { signal }: CallOptions = {}): Promise<ReadableStream<Uint8Array>> {
    const query = { ...filterQuery(filter), format };
    const { body } = await this.#transport.open({ method: "GET", path: "/v1/export", query, signal });
    return body ?? new ReadableStream({ start: (controller) => controller.close() });
  }

  /** The tree it is in by `parentTaskId`: its ancestors up to the root, and all descendants of that. */
  tree(taskId: string, { signal }: CallOptions = {}): Promise<TreeRecord> {
    return ask<DelegationTree>(this.#transport, { method: "GET", path: pathOf("delegations", taskId, "tree"), signal });
  }

  /** Stops the vendor's work. */
  cancel(taskId: string, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    return this.#record({ method: "POST", path: pathOf("delegations", taskId, "cancel"), signal, again: "freely" });
  }

  /** Lets one that waits for approval run. */
  approve(taskId: string, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    return this.#record({ method: "POST", path: pathOf("delegations", taskId, "approve"), signal });
  }

  /** Refuses one that waits for approval. */
  reject(taskId: string, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    return this.#record({ method: "POST", path: pathOf("delegations", taskId, "reject"), signal });
  }

  /** Says how good the result of a final one is, from 0 to 1; said again it replaces score and comment. */
  score(taskId: string, score: number, comment?: string, { signal }: CallOptions = {}): Promise<DelegationRecord> {
    const path = pathOf("delegations", taskId, "score");
    return this.#record({ method: "POST", path, body: { score, comment }, signal, again: "freely" });
  }

  /** Runs a final one again as a new one, its child. */
  async retry(taskId: string, input: RetryInput = {}, { signal, idempotencyKey }: CreateOptions = {}): Promise<DelegationRecord> {
    const path = pathOf("delegations", taskId, "retry");
    return this.#record({ method: "POST", path, body: snake(input), headers: keyed(idempotencyKey), signal, again: "by key" });
  }

  /** Deletes its texts and events for good; its costs stay in the books. */
  delete(taskId: string, { signal }: CallOptions = {}): Promise<void> {
    return this.#transport.json({ method: "DELETE", path: pathOf("delegations", taskId), signal });
  }

  async #record(call: ApiCall): Promise<DelegationRecord> {
    return recordOf(await this.#transport.json<Delegation>(call));
  }
}

/** Refuses what no header can carry as the API refuses what it takes for no key. Throws DeputeError. */
function keyed(idempotencyKey: string | undefined): { [name: string]: string } {
  if (idempotencyKey === undefined) return {};
  if (/^[\x20-\x7e]*$/.test(idempotencyKey)) return { "idempotency-key": idempotencyKey };
  const [path, message] = ["Idempotency-Key", "must be 1–255 printable ASCII characters"];
  throw new DeputeError("invalid_request", `${path}: ${message}`, { status: 400, fields: [{ path, message }] });
}

/** A filter, and what else is asked, as a query in the API's names. */
export function filterQuery({ properties = {}, ...fields }: Pick<DelegationFilter, "properties">): NonNullable<ApiCall["query"]> {
  const named = Object.entries(properties).map(([name, value]) => [`property.${name}`, value]);
  return { ...queryOf(fields), ...Object.fromEntries(named) };
}
