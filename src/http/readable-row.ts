import type { z } from "zod";
import { log } from "../lib/log.ts";

/**
 * A stored row as its list shows it, or nothing when it cannot be read: it must not take its page with it. `ids` say in the log
 * which one that was.
 */
export function readableRow<S extends z.ZodType>(schema: S, row: z.input<S>, ids: { [name: string]: string }): z.output<S>[] {
  const { success, data } = schema.safeParse(row);
  if (success) return [data];
  log.error(ids, "a row of a list cannot be read");
  return [];
}
