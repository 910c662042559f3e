import { describeError, log } from "../lib/log.ts";

/** How late an object must be before it is woken: an alarm on its way is not disturbed. */
export const LATE_MS = 60_000;
/** Objects per sweep and kind; the rest follows a minute later. */
export const MOST = 200;

/** What `call` gives; undefined when it fails: one object that cannot be reached must not keep the sweep from the others. */
export async function reached<T>(what: { [name: string]: string }, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (cause) {
    log.error({ ...what, cause: describeError(cause) }, "the sweep could not reach an object");
    return undefined;
  }
}
