import { DurableObject } from "cloudflare:workers";
import { type Circuit, type CircuitReport, CLEAN, type Gate, type Permit, permitted, reported, settled } from "./circuit.ts";
import type { CircuitProtocol } from "./circuit-rpc.ts";

const ROW = "circuit";

/**
 * Owns the circuit of one model. One row, only while there is something to know; a kill forgets who was let through, so
 * that a few calls more than usual may find out how the vendor is.
 */
export class ProviderObject extends DurableObject<Env> implements CircuitProtocol {
  readonly #gate: Gate = { probes: [], nextAt: 0 };
  #circuit: Circuit | undefined;

  async snapshot(): Promise<Circuit> {
    return settled(this.#load(), Date.now());
  }

  async permit(): Promise<{ permit: Permit; circuit: Circuit }> {
    const now = Date.now();
    const circuit = this.#load();
    return { permit: permitted(circuit, this.#gate, now), circuit: settled(circuit, now) };
  }

  async report(report: CircuitReport): Promise<Circuit> {
    const before = this.#load();
    const after = reported(before, report, Date.now());
    if (before.shut !== null && report.started_at >= before.shut.at) this.#gate.probes.shift();
    if (after !== before) this.#keep(after);
    return after;
  }

  #load(): Circuit {
    this.#circuit ??= this.ctx.storage.kv.get<Circuit>(ROW) ?? CLEAN;
    return this.#circuit;
  }

  #keep(circuit: Circuit): void {
    const { kv } = this.ctx.storage;
    if (circuit !== CLEAN) kv.put(ROW, circuit);
    else if (this.#circuit !== CLEAN) kv.delete(ROW);
    this.#circuit = circuit;
  }
}
