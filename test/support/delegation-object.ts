import { env } from "cloudflare:workers";
import type { JournalEntry } from "../../simulator/scenario.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import type { Candidate, DelegationProtocol, DelegationSpec } from "../../src/delegations/delegation-rpc.ts";
import type { DelegationEvent } from "../../src/delegations/events.ts";

let count = 0;

/** A task id no other test has. */
export function freshId(prefix = "task"): string {
  count += 1;
  return `${prefix}-${crypto.randomUUID().slice(0, 8)}-${count}`;
}

export const CLAUDE: Candidate = { provider: "claude", endpoint: null, model: "claude-opus-5-5", requested: "claude-opus" };
export const CODEX: Candidate = { provider: "codex", endpoint: null, model: "gpt-6.2-sol", requested: "gpt-4-turbo" };
export const GEMINI: Candidate = { provider: "gemini", endpoint: null, model: "gemini-3.8-flash", requested: "gemini-2.0-flash" };
export const COPILOT: Candidate = { provider: "copilot", endpoint: null, model: "", requested: null };

/** A spec as admission would make it; `input` and the rest may be replaced. */
export function specOf(
  taskId: string,
  prompt: string,
  changes: Partial<DelegationSpec> & { ask?: Partial<DelegationSpec["input"]> } = {},
): DelegationSpec {
  const { ask, ...rest } = changes;
  return {
    workspace: "default",
    task_id: taskId,
    hash: "0".repeat(64),
    input: { prompt, ...ask },
    candidates: [CLAUDE],
    warnings: [],
    created_by: "owner",
    created_at: Date.now(),
    parent_task_id: null,
    repository: null,
    ...rest,
  };
}

/**
 * The stub of a task's object, by the name that the product gives it. Typed by the protocol, as in the product: the type that
 * RPC derives from the class expands "any JSON" without end.
 */
export const objectOf = (taskId: string): DurableObjectStub & DelegationProtocol =>
  env.DELEGATIONS.getByName(`default/${taskId}`) as unknown as DurableObjectStub & DelegationProtocol;

/** Waits until the task is final, and gives it. */
export async function finalOf(stub: DelegationProtocol): Promise<Delegation> {
  for (let round = 0; round < 5; round += 1) {
    const outcome = await stub.read(20_000);
    if (outcome.kind !== "found") throw new Error(`the task is ${outcome.kind}`);
    if (["completed", "failed", "cancelled"].includes(outcome.delegation.status)) return outcome.delegation;
  }
  throw new Error("the task did not end");
}

/** Starts the task and waits until it is final. */
export async function runToEnd(spec: DelegationSpec): Promise<Delegation> {
  const stub = objectOf(spec.task_id);
  await stub.start(spec);
  return finalOf(stub);
}

/** All stored events of a task. */
export async function eventsOf(stub: DelegationProtocol, after = 0): Promise<DelegationEvent[]> {
  const outcome = await stub.events(after, "ndjson");
  if (outcome.kind !== "stream") throw new Error(`the events are ${outcome.kind}`);
  const text = await new Response(outcome.stream).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as DelegationEvent);
}

/** What the simulated vendors were asked for this prompt, in order. */
export async function callsFor(prompt: string): Promise<JournalEntry[]> {
  const response = await fetch(`${env.SIMULATOR_URL}/__simulator/journal`);
  const entries = (await response.json()) as JournalEntry[];
  return entries.filter((entry) => entry.prompt.includes(prompt.trim()));
}

/** The D1 row of a task. */
export async function rowOf(taskId: string): Promise<{ [column: string]: unknown } | null> {
  return env.DB.prepare("select * from delegations where workspace = 'default' and task_id = ?").bind(taskId).first();
}
