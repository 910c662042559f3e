import type { EraseEndedOutcome, WakeOutcome } from "../delegations/delegation-rpc.ts";
import { log } from "../lib/log.ts";
import { reached } from "./reached.ts";

/** A row of the list that is overdue; `completed_at` in milliseconds, null while it is open. */
type LateRow = { completed_at: number | null };

/** How one kind of thing that is kept for a while is swept. */
export type KeptKind<Row extends LateRow> = {
  /** The kind and the row's key, for the log. */
  name: (row: Row) => { [name: string]: string };
  object: (row: Row) => { wake(): Promise<WakeOutcome>; erase(): Promise<EraseEndedOutcome> };
  /** When the sweep comes back to the row, in milliseconds; null: never. */
  revisit: (row: Row, at: number | null) => Promise<void>;
  /** Takes the row off the list. */
  drop: (row: Row) => Promise<void>;
};

/** Wakes the objects of open rows that should have moved, and erases what ended longer than `retentionMs` ago. Both in milliseconds. */
export async function sweepKept<Row extends LateRow>(
  late: readonly Row[],
  now: number,
  retentionMs: number,
  kind: KeptKind<Row>,
): Promise<void> {
  const swept = late.map((row) =>
    reached(kind.name(row), async () => {
      const keptUntil = row.completed_at === null ? undefined : row.completed_at + retentionMs;
      if (keptUntil === undefined) await wake(row, kind);
      else if (keptUntil < now) await erase(row, kind);
      else await kind.revisit(row, keptUntil);
    }),
  );
  await Promise.all(swept);
}

/** A row whose object is empty is let go: there is nothing to wake. */
async function wake<Row extends LateRow>(row: Row, { name, object, revisit }: KeptKind<Row>): Promise<void> {
  const outcome = await object(row).wake();
  if (outcome.kind !== "unknown") return;
  log.error(name(row), "a row of the list has no object");
  await revisit(row, null);
}

/** What is erased takes itself off the list. */
async function erase<Row extends LateRow>(row: Row, { object, drop }: KeptKind<Row>): Promise<void> {
  const outcome = await object(row).erase();
  if (outcome.kind === "unknown") await drop(row);
  if (outcome.kind === "open") await object(row).wake();
}
