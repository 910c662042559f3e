/** The one alarm of an object, set to what is due first. Setting it to a time that is no earlier changes nothing. */
export class ObjectAlarm {
  readonly #storage: { setAlarm(at: number): Promise<void> };
  #at: number | undefined;

  constructor(storage: { setAlarm(at: number): Promise<void> }) {
    this.#storage = storage;
  }

  /** The alarm went off: none is set any more. */
  fired(): void {
    this.#at = undefined;
  }

  /** `due` are milliseconds since the epoch; who has nothing due says null or undefined. */
  arm(due: readonly (number | null | undefined)[]): void {
    const times = due.filter((at) => at !== undefined && at !== null);
    if (times.length === 0) return;
    const at = Math.max(Date.now(), Math.min(...times));
    if (this.#at !== undefined && this.#at <= at) return;
    this.#at = at;
    void this.#storage.setAlarm(at);
  }
}
