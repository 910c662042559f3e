import type { SpawnResult } from "./spawn.ts";

/** A pattern of several steps that cannot go on. `results` are those of every step so far, the failed ones among them. */
export class SpawnFailedError extends Error {
  readonly results: readonly SpawnResult[];

  constructor(message: string, results: readonly SpawnResult[]) {
    const reasons = results.flatMap(({ success, errorCode, error }) => (success ? [] : [`${errorCode}: ${error}`]));
    super([message, ...reasons].join(" "));
    this.name = "SpawnFailedError";
    this.results = results;
  }
}
