import type { StoredDelegation } from "../db/list-delegations.ts";
import { type CsvValue, csvLine } from "../lib/csv.ts";
import { DelegationSummary, summaryOf } from "./delegation-summary.ts";

/** The full texts of a delegation. */
export type Bodies = { prompt: string | null; output: string | null };
export const NO_BODIES: Bodies = { prompt: null, output: null };

/** Delegations whose texts are read at once: each may be megabytes large. */
const AT_ONCE = 4;
const COLUMNS = Object.keys(DelegationSummary.shape);

/**
 * The lines of an export, several at a time, after the names of the columns in CSV. With `bodiesOf` the full texts stand behind the
 * rest, and few lines come at a time.
 */
export async function* exportText(
  pages: AsyncIterable<StoredDelegation[]>,
  isCsv: boolean,
  bodiesOf?: (row: StoredDelegation) => Promise<Bodies>,
): AsyncGenerator<string> {
  const columns = bodiesOf === undefined ? COLUMNS : [...COLUMNS, ...Object.keys(NO_BODIES)];
  if (isCsv) yield csvLine(columns);
  const line = (record: { [name: string]: unknown }) => (isCsv ? csvRecord(record, columns) : `${JSON.stringify(record)}\n`);
  for await (const rows of pages) {
    if (bodiesOf === undefined) yield rows.map((row) => line(summaryOf(row))).join("");
    for (let at = 0; bodiesOf !== undefined && at < rows.length; at += AT_ONCE) {
      const some = rows.slice(at, at + AT_ONCE);
      const bodies = await Promise.all(some.map(bodiesOf));
      yield some.map((row, index) => line({ ...summaryOf(row), ...bodies[index] })).join("");
    }
  }
}

/** What is an object itself is written as JSON. */
function csvRecord(record: { [name: string]: unknown }, columns: readonly string[]): string {
  const values = columns.map((name): CsvValue => {
    const value = record[name];
    return typeof value === "object" && value !== null ? JSON.stringify(value) : (value as CsvValue);
  });
  return csvLine(values);
}
