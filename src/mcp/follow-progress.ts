import type { BatchEvent } from "../batches/batch-event.ts";
import { followLog } from "../client/follow-log.ts";
import type { Transport } from "../client/transport.ts";
import type { DelegationEvent } from "../delegations/events.ts";
import type { FlowEvent } from "../flows/flow-event.ts";
import type { Awaited } from "./tools.ts";

type LogEvent = DelegationEvent | BatchEvent | FlowEvent;

/** `progress` grows with each; `message` says how far it is. */
export type Progress = { progress: number; message: string };

const ENDS: { readonly [kind in Awaited]: readonly LogEvent["type"][] } = {
  delegation: ["thread.completed", "thread.deleted"],
  batch: ["batch.completed"],
  flow: ["flow.completed"],
};

/** What a log has told so far, in words; undefined for an event that says nothing new. */
export class Narration {
  #attempt = "";
  #characters = 0;
  #ended = 0;

  of(event: LogEvent): string | undefined {
    switch (event.type) {
      case "turn.started":
        this.#attempt = `attempt ${event.number}, ${event.provider} ${event.model}`;
        this.#characters = 0;
        return this.#attempt;
      case "item.updated":
        if (event.item.type !== "agent_message") return undefined;
        this.#characters += event.delta.length;
        return `${this.#attempt}: ${this.#characters.toLocaleString("en-US")} characters so far`;
      case "turn.failed":
        return `${this.#attempt}: ${event.error.code}`;
      case "task.completed":
        this.#ended += 1;
        return `${this.#ended} tasks ended, the last: ${event.task_id}`;
      case "step.started":
      case "step.completed":
        return `${event.type === "step.started" ? "step started" : "step ended"}: ${event.step}`;
      default:
        return undefined;
    }
  }
}

/** Follows a log to its end, telling `report` how far it is. Throws DeputeError, or the signal's reason. */
export async function followProgress(
  transport: Transport,
  {
    kind,
    path,
    signal,
    report,
  }: { kind: Awaited; path: string; signal: AbortSignal; report: (progress: Progress) => Promise<void> },
): Promise<void> {
  const narration = new Narration();
  for await (const event of followLog<LogEvent>(transport, `${path}/events`, ENDS[kind], { signal })) {
    const message = narration.of(event);
    if (message !== undefined) await report({ progress: event.seq, message });
  }
}
