import { z } from "zod";
import type { Position } from "../db/position.ts";
import { cursorOf, positionOf } from "./list-cursor.ts";
import { integerParameter } from "./query-parameters.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** The parameters of every list that comes in pages. */
export const PAGE_PARAMETERS = {
  limit: integerParameter(1, MAX_LIMIT, `How many at most; ${DEFAULT_LIMIT} unless given.`).optional(),
  cursor: z
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: "`next_cursor` of the page before, with the same filters and sort." }),
};

/** The schema of one page of `entry`. */
export const pageSchema = <S extends z.ZodType>(entry: S, id: string) =>
  z
    .object({
      data: z.array(entry),
      next_cursor: z.string().nullable().meta({ description: "For the next page; null on the last one." }),
    })
    .meta({ id });

/**
 * One page. `list` is all that tells this list from others (its workspace, filters and order): a cursor goes with no other.
 * `read` gives at most `limit` rows behind `after`; `endOf` is where a page that ends with this row ends. Throws AppError
 * `invalid_request` for a cursor that this list did not give.
 */
export async function listPage<Row>(
  { limit = DEFAULT_LIMIT, cursor }: { limit?: number | undefined; cursor?: string | undefined },
  list: object,
  read: (page: { limit: number; after: Position | undefined }) => Promise<Row[]>,
  endOf: (row: Row) => Position,
): Promise<{ rows: Row[]; next_cursor: string | null }> {
  const after = cursor === undefined ? undefined : await positionOf(cursor, list);
  const rows = await read({ limit: limit + 1, after });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { rows: shown, next_cursor: last === undefined ? null : await cursorOf(endOf(last), list) };
}
