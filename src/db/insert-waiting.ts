import { getTableColumns, sql } from "drizzle-orm";
import { utf8Length } from "../lib/utf8.ts";
import type { Database } from "./client.ts";
import { type DelegationRow, preview } from "./save-delegation.ts";
import { delegations } from "./schema.ts";

/** What one statement takes as JSON, in bytes; the platform's limit for a bound value is 2,000,000. */
const STATEMENT_BYTES = 900_000;

const COLUMNS = Object.keys(getTableColumns(delegations));

/**
 * Puts tasks on the list that no object has yet, as few statements as their size allows. Idempotent: a row that is there stays
 * as it is.
 */
export async function insertWaiting(db: Database, rows: readonly DelegationRow[]): Promise<void> {
  const names = sql.join(
    COLUMNS.map((name) => sql.identifier(name)),
    sql`, `,
  );
  const fields = sql.join(
    COLUMNS.map((name) => sql`json_extract(entry.value, ${sql.raw(`'$.${name}'`)})`),
    sql`, `,
  );
  for (const entries of chunks(rows)) {
    await db.run(sql`insert into ${delegations} (${names}) select ${fields} from json_each(${entries}) as entry where true
      on conflict do nothing`);
  }
}

function* chunks(rows: readonly DelegationRow[]): Iterable<string> {
  let texts: string[] = [];
  let size = 0;
  for (const row of rows) {
    const text = JSON.stringify({ ...row, prompt_preview: preview(row.prompt_preview), wasted_nanos: 0 });
    const bytes = utf8Length(text) + 1;
    if (texts.length > 0 && size + bytes > STATEMENT_BYTES) {
      yield `[${texts.join()}]`;
      texts = [];
      size = 0;
    }
    texts.push(text);
    size += bytes;
  }
  if (texts.length > 0) yield `[${texts.join()}]`;
}
