import { z } from "zod";
import { DeputeError } from "../client/depute-error.ts";
import type { JsonSchema } from "./api-document.ts";

/** Shorter than the minute after which many clients give a tool call up. */
const DEFAULT_SECONDS = 50;
const MOST_SECONDS = 300;

const Seconds = z
  .int()
  .min(0)
  .max(MOST_SECONDS)
  .default(DEFAULT_SECONDS)
  .meta({
    description: `Seconds to wait at most. Clients that give a tool call up after a minute unless it tells its progress should not ask for more than ${DEFAULT_SECONDS}.`,
  });

/** The argument as the waiting tools list it. */
export const WAIT = z.toJSONSchema(Seconds, { io: "input" }) as JsonSchema;

/** The `wait` of a tool's arguments, and the others. Throws DeputeError `invalid_request`. */
export function waitIn({ wait, ...others }: { readonly [name: string]: unknown }) {
  const { success, data } = Seconds.safeParse(wait);
  if (success) return { seconds: data, others };
  const message = `must be a whole number from 0 to ${MOST_SECONDS}`;
  throw new DeputeError("invalid_request", `The arguments are not valid: wait: ${message}.`, {
    status: 400,
    fields: [{ path: "wait", message }],
  });
}
