import { z } from "zod";
import { AppError } from "../errors.ts";
import { CREATED_SPAN } from "./query-parameters.ts";

const HOUR_MS = 3_600_000;
const WINDOWS = {
  "1h": HOUR_MS,
  "24h": 24 * HOUR_MS,
  "7d": 168 * HOUR_MS,
  "30d": 720 * HOUR_MS,
  "90d": 2_160 * HOUR_MS,
} as const;

/** The span of creation times that a report covers: a window up to now, or two ends. */
export const WINDOW = {
  window: z
    .enum(["1h", "24h", "7d", "30d", "90d"])
    .optional()
    .meta({ description: "Created in the time up to now; 24h unless `created_after` or `created_before` is given." }),
  ...CREATED_SPAN,
};

type Asked = {
  window?: keyof typeof WINDOWS | undefined;
  created_after?: number | undefined;
  created_before?: number | undefined;
};

/** Throws AppError `invalid_request` when both a window and an end are given. */
export function windowOf({ window, created_after, created_before }: Asked, now: number): Omit<Asked, "window"> {
  if (created_after === undefined && created_before === undefined) return { created_after: now - WINDOWS[window ?? "24h"] };
  if (window === undefined) return { created_after, created_before };
  const message = "cannot be given together with created_after or created_before";
  throw new AppError("invalid_request", `The query is not valid: window ${message}.`, [{ path: "window", message }]);
}
