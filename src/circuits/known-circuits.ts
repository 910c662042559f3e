import { describeError, log } from "../lib/log.ts";
import { type Circuit, type CircuitReport, CLEAN, GO, isFree, type Permit, reported } from "./circuit.ts";
import { type CircuitKey, type CircuitProtocol, circuitName } from "./circuit-rpc.ts";

const FRESH_MS = 5_000;
const READ_MS = 250;
const PERMIT_MS = 1_000;
const MOST_KNOWN = 500;

type Known = { circuit: Circuit; readAt: number; askedAt: number };

/**
 * What this isolate last heard of each circuit, shared by all that runs here. Plain data, never promises, which belong to
 * whoever made them. At worst it is 5 s old, or gone.
 */
const KNOWN = new Map<string, Known>();

export type CircuitDeps = {
  /** Reached by its name. */
  object: (name: string) => CircuitProtocol;
  /** Keeps what nobody waits for alive. */
  background: (work: Promise<unknown>) => void;
  now: () => number;
};

/**
 * The circuits as those see them who make calls. A circuit that does not answer holds nobody up and fails nothing: then
 * calls are made as if there were none.
 */
export class KnownCircuits {
  readonly #deps: CircuitDeps;

  constructor(deps: CircuitDeps) {
    this.#deps = deps;
  }

  /** Whether a call may be made now. Asks nobody while the circuit is known and free; only the first look at it waits. */
  async permit(key: CircuitKey): Promise<Permit> {
    const name = circuitName(key);
    const known = KNOWN.get(name);
    if (known === undefined) await this.#read(name);
    else this.#refresh(name, known);
    const now = this.#deps.now();
    const circuit = KNOWN.get(name)?.circuit ?? CLEAN;
    if (isFree(circuit, now)) return GO;
    const answer = await this.#ask(name, PERMIT_MS, (object) => object.permit());
    if (answer === undefined) return GO;
    this.#learn(name, answer.circuit);
    return answer.permit;
  }

  /**
   * Tells how a call stands. Only what is news here travels: a first fault always is, of many at once the first, a success
   * only while there is something to make good.
   */
  report(key: CircuitKey, report: CircuitReport): void {
    const name = circuitName(key);
    const now = this.#deps.now();
    const known = KNOWN.get(name) ?? remember(name, CLEAN, now);
    const after = reported(known.circuit, report, now);
    if (after === known.circuit) return;
    known.circuit = after;
    const told = this.#ask(name, PERMIT_MS, (object) => object.report(report));
    this.#deps.background(told.then((circuit) => circuit && this.#learn(name, circuit)));
  }

  /** Looks again in the background at what is known for too long, and at what is not known yet. */
  refresh(key: CircuitKey): void {
    const name = circuitName(key);
    this.#refresh(name, KNOWN.get(name) ?? remember(name, CLEAN, 0));
  }

  /** The circuit as its object has it now; undefined when that does not answer. */
  async read(key: CircuitKey): Promise<Circuit | undefined> {
    const circuit = await this.#ask(circuitName(key), PERMIT_MS, (object) => object.snapshot());
    if (circuit !== undefined) this.#learn(circuitName(key), circuit);
    return circuit;
  }

  /** What this isolate last heard of the circuit, clean when it never heard of it. Asks nobody. */
  known(key: CircuitKey): Circuit {
    return KNOWN.get(circuitName(key))?.circuit ?? CLEAN;
  }

  async #read(name: string): Promise<void> {
    const circuit = await this.#ask(name, READ_MS, (object) => object.snapshot());
    this.#learn(name, circuit ?? CLEAN);
  }

  #refresh(name: string, known: Known): void {
    const now = this.#deps.now();
    if (now < Math.max(known.readAt, known.askedAt) + FRESH_MS) return;
    known.askedAt = now;
    const asked = this.#ask(name, PERMIT_MS, (object) => object.snapshot());
    this.#deps.background(asked.then((circuit) => circuit && this.#learn(name, circuit)));
  }

  #learn(name: string, circuit: Circuit): void {
    remember(name, circuit, this.#deps.now());
  }

  async #ask<T>(name: string, limitMs: number, ask: (object: CircuitProtocol) => Promise<T>): Promise<T | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
    });
    try {
      return await Promise.race([ask(this.#deps.object(name)), late]);
    } catch (cause) {
      log.warn({ circuit: name, cause: describeError(cause) }, "a circuit does not answer");
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Forgets everything, as a new isolate. */
export const forgetCircuits = (): void => KNOWN.clear();

function remember(name: string, circuit: Circuit, readAt: number): Known {
  const known = KNOWN.get(name);
  const next = { circuit, readAt, askedAt: known?.askedAt ?? 0 };
  KNOWN.delete(name);
  KNOWN.set(name, next);
  for (const oldest of KNOWN.keys()) {
    if (KNOWN.size <= MOST_KNOWN) break;
    KNOWN.delete(oldest);
  }
  return next;
}
