import { type Actor, type AuditRow, auditRow, auditStatement, type Deed } from "../db/audit.ts";
import type { Database } from "../db/client.ts";
import type { Carried } from "../outbox/outbox.ts";
import type { KeyValue } from "./log/chunked-text.ts";

const ROW = "audit";

/** What was done to a task and is still to be put on record, in one row of its object. */
export class AuditedDeeds {
  readonly #rows: KeyValue;
  readonly #due: () => void;

  /** `due` is told when there is something to carry out. */
  constructor(rows: KeyValue, due: () => void) {
    this.#rows = rows;
    this.#due = due;
  }

  /** Stores what was done. Call it in the same synchronous run as the change it tells of. */
  add(deed: Deed, by: Actor, now: number): void {
    this.#rows.put<AuditRow[]>(ROW, [...this.#waiting(), auditRow(deed, by, now)]);
    this.#due();
  }

  /** Says again that something is to be carried out, should anything wait: what was owed is forgotten with a deleted task. */
  remind(): void {
    if (this.#waiting().length > 0) this.#due();
  }

  /** Puts on record what waits. Idempotent. */
  async carry(db: Database): Promise<Carried> {
    const rows = this.#waiting();
    await Promise.all(rows.map((row) => auditStatement(db, row).run()));
    const carried = new Set(rows.map(({ id }) => id));
    const left = this.#waiting().filter(({ id }) => !carried.has(id));
    if (left.length > 0) this.#rows.put<AuditRow[]>(ROW, left);
    else this.#rows.delete(ROW);
    return "done";
  }

  #waiting(): AuditRow[] {
    return this.#rows.get<AuditRow[]>(ROW) ?? [];
  }
}
