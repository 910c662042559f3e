import type { Absent, DelegationSpec, EraseEndedOutcome, WakeOutcome } from "../delegations/delegation-rpc.ts";
import type { TaskListener } from "../delegations/task-report.ts";
import type { Flow } from "./flow.ts";
import type { FlowInput } from "./patterns.ts";

/** All of a flow, as it is accepted. */
export type FlowSpec = {
  workspace: string;
  flow_id: string;
  /** SHA-256 (hex) of the canonical JSON of the body as sent, without `flow_id`. Its steps have the same. */
  hash: string;
  created_by: string;
  /** Milliseconds since the epoch. */
  created_at: number;
  input: FlowInput;
  /** Who runs the steps, by role: admitted, each without its prompt. */
  roles: { [role: string]: DelegationSpec };
};

export type FlowStartOutcome = { kind: "accepted" | "same"; flow: Flow } | { kind: "conflict" } | { kind: "gone" };
export type FlowFindOutcome = { kind: "same"; flow: Flow } | { kind: "conflict" } | Absent;
export type FlowOutcome = { kind: "found"; flow: Flow } | Absent;
/** `ended`: the caller has seen the last event already. */
export type FlowEventsOutcome = { kind: "stream"; stream: ReadableStream<Uint8Array> } | { kind: "ended" } | Absent;

/**
 * The protocol of the Durable Object that owns one flow, named `<workspace>/<flow_id>`. Every method may be called twice, at
 * once, and after a crash half way, with the same outcome; none throws on purpose.
 */
export interface FlowProtocol extends TaskListener {
  /** Stores the flow and arms its first steps, once. */
  start(spec: FlowSpec): Promise<FlowStartOutcome>;
  /** Whether the flow was accepted already, and with this hash. */
  find(hash: string): Promise<FlowFindOutcome>;
  /** The flow now, or as soon as it has ended but no later than `waitMs` (0–55,000). */
  read(waitMs: number): Promise<FlowOutcome>;
  /** Starts nothing more and cancels what runs. Answers when all steps have ended, or after 20 s. */
  cancel(by: string): Promise<FlowOutcome>;
  /** The event log after `after`: as Server-Sent Events that go on live, or as NDJSON of what there is now. */
  events(after: number, format: "sse" | "ndjson"): Promise<FlowEventsOutcome>;
  /** Removes all of it but that it was, and takes it off the list, once it has ended. Its steps stay. */
  erase(): Promise<EraseEndedOutcome>;
  /** Makes sure that what is due will run (the sweep calls it for flows whose row should have moved). */
  wake(): Promise<WakeOutcome>;
}
