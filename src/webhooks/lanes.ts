/** How many deliveries to one target run at once in an isolate. */
const MOST_AT_ONCE = 5;
/** Who may not run now comes again after this at the earliest, … */
const SOONEST_MS = 20_000;
/** … and after this at the latest, so that a target that is well again is not left alone for long. */
const LATEST_MS = 300_000;

/** `began` of each delivery that runs, how long the last one took, and the last turn that was given (all milliseconds). */
type Lane = { running: number[]; tookMs: number; turn: number };

/** Counts what runs per target, so that one that is slow holds up itself only. Times in milliseconds. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /** Whether another delivery to this target may run; it then must leave, with the same `now` as `began`. */
  enter(target: string, now: number): boolean {
    const { running } = this.#laneOf(target);
    if (running.length >= MOST_AT_ONCE) return false;
    running.push(now);
    return true;
  }

  leave(target: string, began: number, now: number): void {
    const lane = this.#laneOf(target);
    lane.running.splice(lane.running.indexOf(began), 1);
    lane.tookMs = now - began;
    if (lane.running.length === 0 && lane.turn <= now) this.#lanes.delete(target);
  }

  /**
   * When a delivery that may not run now is to come again. Turns follow one another as fast as the target takes deliveries: were they all at
   * once, most of a long backlog would come in vain, again and again.
   */
  nextTurn(target: string, now: number): number {
    const lane = this.#laneOf(target);
    const attemptMs = Math.max(lane.tookMs, ...lane.running.map((began) => now - began));
    const turn = Math.max(now + SOONEST_MS, lane.turn + Math.ceil(attemptMs / MOST_AT_ONCE));
    lane.turn = Math.min(turn, now + LATEST_MS);
    return lane.turn;
  }

  #laneOf(target: string): Lane {
    const lane = this.#lanes.get(target) ?? { running: [], tookMs: 0, turn: 0 };
    this.#lanes.set(target, lane);
    return lane;
  }
}

const known = new WeakMap<object, Lanes>();

/** The lanes of this isolate and binding. */
export function lanesOf(binding: object): Lanes {
  const lanes = known.get(binding) ?? new Lanes();
  known.set(binding, lanes);
  return lanes;
}
