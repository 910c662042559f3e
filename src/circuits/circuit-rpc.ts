import type { Circuit, CircuitReport, Permit } from "./circuit.ts";

/** Which way a circuit is for: one model of a provider, or of one of its endpoints. All workspaces share it. */
export type CircuitKey = { provider: string; endpoint: string | null; model: string };

export const circuitName = ({ provider, endpoint, model }: CircuitKey): string => `${provider}/${endpoint ?? ""}/${model}`;

/** The protocol of the Durable Object that owns one circuit, named by `circuitName`. No method throws on purpose. */
export interface CircuitProtocol {
  snapshot(): Promise<Circuit>;
  /** Asked before a call while the circuit is not free. */
  permit(): Promise<{ permit: Permit; circuit: Circuit }>;
  /** Told how a call ended; gives the circuit that follows. The same report twice is at worst one fault too many. */
  report(report: CircuitReport): Promise<Circuit>;
}
