const SAME_MS = 1_000;

/** What Ctrl-C means. Below npm one comes twice: from the terminal, and from npm. */
export class Interrupts {
  readonly #controller = new AbortController();
  #firstAt = 0;

  /** Aborts on the first one. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes one at this time, in milliseconds, and says whether it is a second one that somebody meant: to end at once. */
  take(nowMs: number): boolean {
    if (this.signal.aborted) return nowMs - this.#firstAt > SAME_MS;
    this.#firstAt = nowMs;
    this.#controller.abort(new Error("Interrupted."));
    return false;
  }
}
