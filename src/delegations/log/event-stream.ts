/** A log as its readers see it: lines of JSON, each beginning with its `seq`. */
export type ReadableLog = {
  /** The stored lines after `seq`, some of them; undefined when there are none (yet). */
  read(after: number): { lines: string[]; last: number } | undefined;
  /** Resolves when something was stored, or when `notify` was called. */
  changed(): Promise<void>;
  notify(): void;
};

const KEEP_ALIVE_MS = 15_000;
const CLOSE_AFTER_MS = 15 * 60_000;
/** How far (characters) a live viewer may fall behind before it is closed; it resumes by Last-Event-ID. */
const MOST_BEHIND = 1_000_000;
const SLICE_CHARACTERS = 64_000;
const LINE = /^\{"seq":(\d+),.*?"type":"([a-z._]+)"/;
const ENDS = new Set(["thread.completed", "thread.deleted", "batch.completed", "flow.completed"]);

export type EventStreamOptions = {
  /** Sequence number after which to begin. */
  after: number;
  format: "sse" | "ndjson";
  /** Go on after what is stored now. */
  follow: boolean;
  onClose: () => void;
};

/**
 * One reader of a log, as bytes. It reads the stored log when its consumer asks (so a slow reader holds nothing in
 * memory), then waits for more; a comment line every 15 s; it ends after the last event, and after 15 minutes.
 */
export class EventStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #log: ReadableLog;
  readonly #options: EventStreamOptions;
  readonly #encoder = new TextEncoder();
  #controller: ReadableByteStreamController | undefined;
  #cursor: number;
  #caughtUp = false;
  #behind = 0;
  #closed = false;
  /** Text that was read and not sent yet, and whether it is the last. */
  #text = "";
  #isLast = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(log: ReadableLog, options: EventStreamOptions) {
    this.#log = log;
    this.#options = options;
    this.#cursor = options.after;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller: ReadableByteStreamController) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => this.close(),
    });
    if (options.follow) this.#timer = setTimeout(() => this.close(), CLOSE_AFTER_MS);
  }

  /** Tells the stream that so many characters were stored; one that is live but too far behind is closed. */
  stored(characters: number): void {
    if (!this.#caughtUp) return;
    this.#behind += characters;
    if (this.#behind > MOST_BEHIND) this.close();
  }

  /** Sends one last line, whatever was not read yet, and closes. */
  end(line: string): void {
    this.#take([line]);
    this.#enqueue(this.#text);
    this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#options.onClose();
    this.#log.notify();
    try {
      this.#controller?.close();
      this.#controller?.byobRequest?.respond(0);
    } catch {
      // The consumer had closed it first.
    }
  }

  async #pull(): Promise<void> {
    for (;;) {
      if (this.#closed) return;
      if (this.#text !== "") return this.#sendSlice();
      const page = this.#log.read(this.#cursor);
      if (page !== undefined) {
        this.#cursor = page.last;
        this.#take(page.lines);
        continue;
      }
      this.#caughtUp = true;
      this.#behind = 0;
      if (!this.#options.follow) return this.close();
      if (!(await this.#changedOrKeepAlive())) return this.#enqueue(": keep-alive\n\n");
    }
  }

  /** Makes what was read the text to send. */
  #take(lines: string[]): void {
    if (this.#options.format === "ndjson") {
      this.#text = `${lines.join("\n")}\n`;
      return;
    }
    const frames = lines.map((line) => {
      const [, seq, type = "message"] = LINE.exec(line) ?? [];
      this.#isLast ||= ENDS.has(type);
      return `id: ${seq}\nevent: ${type}\ndata: ${line}\n\n`;
    });
    this.#text = frames.join("");
  }

  /** One slice for each pull, so that a long event waits in the log's own text and not encoded for every viewer. */
  #sendSlice(): void {
    const end = this.#text.length <= SLICE_CHARACTERS ? this.#text.length : sliceEnd(this.#text);
    this.#enqueue(this.#text.slice(0, end));
    this.#text = this.#text.slice(end);
    if (this.#text === "" && this.#isLast) this.close();
  }

  #enqueue(text: string): void {
    if (!this.#closed) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  /** True when the log changed, false when it was quiet for the keep-alive interval. */
  async #changedOrKeepAlive(): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const quiet = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), KEEP_ALIVE_MS);
    });
    const changed = this.#log.changed().then(() => true as const);
    const woken = await Promise.race([changed, quiet]);
    clearTimeout(timer);
    return woken;
  }
}

/** Never between the two halves of a surrogate pair. */
function sliceEnd(text: string): number {
  const last = text.charCodeAt(SLICE_CHARACTERS - 1);
  return last >= 0xd800 && last <= 0xdbff ? SLICE_CHARACTERS - 1 : SLICE_CHARACTERS;
}
