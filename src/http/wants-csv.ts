import type { HttpContext } from "./http-env.ts";

export const CSV = "text/csv";

/** Whether `Accept` names CSV. */
export function wantsCsv(context: HttpContext): boolean {
  const accept = context.req.header("accept") ?? "";
  return accept.split(",").some((entry) => entry.split(";", 1)[0]?.trim().toLowerCase() === CSV);
}
