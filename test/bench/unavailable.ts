/** What is to be measured against cannot be had on this machine; the message says why in one line. */
export class Unavailable extends Error {
  constructor(what: string, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const lines = said.split("\n").map((line) => line.trim());
    const reason = lines.find((line) => /error|fail|not found|cannot|denied/i.test(line)) ?? lines[0] ?? "";
    super(`${what}: ${reason}`.slice(0, 300), { cause });
  }
}

/** What was measured, or why it could not be. */
export type OrWhyNot<T> = { measured: T } | { whyNot: string };

export async function orWhyNot<T>(measure: () => Promise<T>): Promise<OrWhyNot<T>> {
  try {
    return { measured: await measure() };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { whyNot: error.message };
  }
}
