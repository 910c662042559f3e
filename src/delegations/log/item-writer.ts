import type { AttemptSink, Usage } from "../../providers/provider.ts";
import type { EventBody } from "../events.ts";

type ItemType = "agent_message" | "reasoning";

/**
 * Turns the deltas of one attempt into item events: a run of text or of thinking is one item, ended by the other kind or by
 * the attempt's end. Concatenated deltas of an item equal its completed text.
 */
export class ItemWriter implements AttemptSink {
  readonly #attempt: number;
  readonly #emit: (event: EventBody) => void;
  #open: { id: string; type: ItemType; pieces: string[] } | undefined;
  #items = 0;
  readonly #answer: string[] = [];
  usageSeen: Usage | undefined;
  modelSeen: string | undefined;
  requestIdSeen: string | undefined;
  firstTokenAt: number | undefined;
  readonly #now: () => number;

  constructor(attempt: number, emit: (event: EventBody) => void, now: () => number) {
    this.#attempt = attempt;
    this.#emit = emit;
    this.#now = now;
  }

  text(delta: string): void {
    this.#add("agent_message", delta);
  }

  reasoning(delta: string): void {
    this.#add("reasoning", delta);
  }

  usage(usage: Usage): void {
    this.usageSeen = usage;
  }

  answering(info: { model?: string | undefined; requestId?: string | undefined }): void {
    this.modelSeen = info.model ?? this.modelSeen;
    this.requestIdSeen = info.requestId ?? this.requestIdSeen;
  }

  /** The answer so far: the text of all its messages. */
  get answer(): string {
    return this.#answer.join("");
  }

  /** Completes the item that is open, if one is. Call it once when the attempt has ended, however it ended. */
  end(): void {
    if (this.#open === undefined) return;
    const { id, type, pieces } = this.#open;
    this.#open = undefined;
    this.#emit({ type: "item.completed", item: { id, type, text: pieces.join("") } });
  }

  #add(type: ItemType, delta: string): void {
    if (delta === "") return;
    this.firstTokenAt ??= this.#now();
    if (this.#open?.type !== type) {
      this.end();
      this.#items += 1;
      this.#open = { id: `item_${this.#attempt}_${this.#items}`, type, pieces: [] };
      this.#emit({ type: "item.started", item: { id: this.#open.id, type } });
    }
    this.#open.pieces.push(delta);
    if (type === "agent_message") this.#answer.push(delta);
    this.#emit({ type: "item.updated", item: { id: this.#open.id, type }, delta });
  }
}
