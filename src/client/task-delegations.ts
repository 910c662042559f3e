import type { CallOptions, Page, PageOptions } from "./ask.ts";
import type { DelegationRecord, DelegationRow } from "./delegation-record.ts";
import type { DelegationFilter, Delegations, ExportInput } from "./delegations.ts";
import type { RecordInput } from "./record-input.ts";

/** The history of the workspace. */
export class TaskDelegations {
  readonly #delegations: Delegations;

  constructor(delegations: Delegations) {
    this.#delegations = delegations;
  }

  /** Puts on record what was done elsewhere; fields that no delegation has become its `properties`. */
  create(input: RecordInput, options: CallOptions = {}): Promise<DelegationRecord> {
    return this.#delegations.record(input, options);
  }

  /** Every delegation, the newest first. */
  all(options: CallOptions = {}): Promise<DelegationRow[]> {
    return this.where({}, options);
  }

  /** Those that fit, the newest first unless sorted otherwise. */
  async where(filter: DelegationFilter, options: CallOptions = {}): Promise<DelegationRow[]> {
    const rows: DelegationRow[] = [];
    for await (const row of this.each(filter, options)) rows.push(row);
    return rows;
  }

  /** Those that fit, one by one, for histories too long to hold. */
  each(filter: DelegationFilter = {}, options: CallOptions = {}): AsyncGenerator<DelegationRow> {
    return this.#delegations.each(filter, options);
  }

  /** One page of those that fit. */
  page(filter: DelegationFilter = {}, options: PageOptions = {}): Promise<Page<DelegationRow>> {
    return this.#delegations.page(filter, options);
  }

  /** Those that fit as the bytes of a file, NDJSON or CSV in the API's names, newest first. */
  export(input: ExportInput = {}, options: CallOptions = {}): Promise<ReadableStream<Uint8Array>> {
    return this.#delegations.export(input, options);
  }

  /** One with its texts; null when there is none of this id. */
  get(taskId: string, options: CallOptions = {}): Promise<DelegationRecord | null> {
    return this.#delegations.find(taskId, options);
  }
}
