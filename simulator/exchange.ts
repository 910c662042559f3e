import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "./journal.ts";
import type { JournalEntry } from "./scenario.ts";

/** The client closed the connection while it was being answered. */
export class ClientGone extends Error {}

/** One HTTP request with its journal entry and the answer as it is written. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #entry: JournalEntry | undefined;
  readonly #gone = new AbortController();
  #broken = false;

  /** Without `entry` the request leaves no trace (probes, polls). */
  constructor(request: IncomingMessage, response: ServerResponse, journal: Journal, entry?: JournalEntry) {
    this.request = request;
    this.response = response;
    this.#entry = entry;
    response.once("close", () => {
      if (entry !== undefined) journal.end(entry, this.#broken ? "broken" : response.writableFinished ? "answered" : "aborted");
      if (!response.writableFinished) this.#gone.abort();
    });
  }

  /** Waits. Throws ClientGone as soon as the client closes the connection. */
  async pause(milliseconds: number | undefined): Promise<void> {
    if (milliseconds === undefined || milliseconds === 0) return;
    await sleep(milliseconds, undefined, { signal: this.#gone.signal }).catch(() => {
      throw new ClientGone();
    });
  }

  /** Says nothing until the client gives up; then throws ClientGone. */
  async waitForClientToLeave({ broken = false } = {}): Promise<never> {
    this.#broken = broken;
    await new Promise<void>((resolve) => {
      if (this.#gone.signal.aborted) resolve();
      else this.#gone.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    throw new ClientGone();
  }

  head(status: number, headers: { [name: string]: string }): void {
    if (this.#gone.signal.aborted) throw new ClientGone();
    if (this.#entry !== undefined) this.#entry.status = status;
    this.response.writeHead(status, headers);
    this.response.flushHeaders();
  }

  /** Writes `data`, cut into pieces of `splitBytes` when given. Throws ClientGone. */
  async write(data: string, splitBytes?: number): Promise<void> {
    if (splitBytes === undefined) return this.#write(data);
    const bytes = Buffer.from(data);
    for (let at = 0; at < bytes.length; at += splitBytes) await this.#write(bytes.subarray(at, at + splitBytes));
  }

  async #write(data: string | Buffer): Promise<void> {
    if (this.#gone.signal.aborted) throw new ClientGone();
    if (this.response.write(data)) return;
    await new Promise<void>((resolve) => {
      this.response.once("drain", resolve);
      this.#gone.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Ends the answer; `broken` when the scenario wants it to be no full answer. */
  end(data = "", { broken = false } = {}): void {
    this.#broken = broken;
    this.response.end(data);
  }

  /** Drops the connection, after what was written has left. */
  async drop(): Promise<void> {
    this.#broken = true;
    if (this.response.headersSent) await new Promise<void>((resolve) => this.response.write("\n", () => resolve()));
    this.response.destroy();
  }

  json(status: number, body: unknown, headers: { [name: string]: string } = {}): void {
    const text = JSON.stringify(body);
    if (this.#entry !== undefined) this.#entry.status = status;
    this.response.writeHead(status, {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
      ...headers,
    });
    this.response.end(text);
  }
}

/** The request's whole body as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
