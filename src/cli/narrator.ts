import type { DelegationEvent } from "../delegations/events.ts";

/** What an event adds to the answer (`text`), and what there is to tell about it (`note`, a line). */
export type Said = { text?: string; note?: string };

/**
 * Tells a delegation as it happens. The answer of an attempt that follows another begins on a line of its own;
 * `answered` says whether the last attempt has shown any of its answer.
 */
export class Narrator {
  #shown = new Set<string>();
  #open = false;

  get answered(): boolean {
    return this.#shown.size > 0;
  }

  /** What ends the line that the answer is on; "" at the beginning of a line. */
  get lineEnd(): string {
    return this.#open ? "\n" : "";
  }

  say(event: DelegationEvent): Said {
    switch (event.type) {
      case "turn.started":
        return this.#turn(event);
      case "item.updated":
        return event.item.type === "agent_message" ? this.#answer(event.item.id, event.delta) : {};
      case "item.completed":
        return this.#whole(event);
      case "turn.failed":
        return { note: failed(event) };
      case "turn.warning":
        return { note: event.warning.message };
      case "approval.requested":
        return { note: `It waits for approval: depute approve ${event.task_id}, or depute reject ${event.task_id}` };
      default:
        return {};
    }
  }

  #turn({ number, provider, model, repair }: Extract<DelegationEvent, { type: "turn.started" }>): Said {
    const text = this.lineEnd;
    this.#shown = new Set();
    this.#open = false;
    const aim = repair === true ? ", to repair its answer" : "";
    return number === 1 ? {} : { text, note: `Attempt ${number}: ${provider} ${model}${aim}` };
  }

  /** An item that came without deltas is shown when it is whole. */
  #whole({ item }: Extract<DelegationEvent, { type: "item.completed" }>): Said {
    if (item.type !== "agent_message" || this.#shown.has(item.id) || !item.text) return {};
    return this.#answer(item.id, item.text);
  }

  #answer(id: string, text: string): Said {
    this.#shown.add(id);
    this.#open = !text.endsWith("\n");
    return { text };
  }
}

function failed({ number, error, retry_at }: Extract<DelegationEvent, { type: "turn.failed" }>): string {
  const next = retry_at === null ? "" : `; the next one is due at ${retry_at}`;
  return `Attempt ${number} failed: ${error.code}: ${error.message}${next}`;
}
