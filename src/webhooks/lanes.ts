/** How many deliveries to one target run at once in an isolate. */
const MOST_AT_ONCE = 5;

/** Counts what runs per target, so that one that is slow holds up itself only. */
export class Lanes {
  readonly #running = new Map<string, number>();

  /** Whether another delivery to this target may run; it then must be left. */
  enter(target: string): boolean {
    const running = this.#running.get(target) ?? 0;
    if (running >= MOST_AT_ONCE) return false;
    this.#running.set(target, running + 1);
    return true;
  }

  leave(target: string): void {
    const running = (this.#running.get(target) ?? 0) - 1;
    if (running > 0) this.#running.set(target, running);
    else this.#running.delete(target);
  }
}

const known = new WeakMap<object, Lanes>();

/** The lanes of this isolate and binding. */
export function lanesOf(binding: object): Lanes {
  const lanes = known.get(binding) ?? new Lanes();
  known.set(binding, lanes);
  return lanes;
}
