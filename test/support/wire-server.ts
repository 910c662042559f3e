import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** One request as it arrived. */
export type WireRequest = {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingMessage["headers"];
  /** The parsed JSON body; undefined when there is none. */
  body: unknown;
  /** Resolves when the connection or the answer is over, whoever ended it. */
  closed: Promise<unknown>;
};

/** What to send back, write by write, and how to end: `close` the answer properly, `drop` the socket, or `hang`. */
export type WireReply = {
  status?: number;
  headers?: { [name: string]: string };
  writes?: (string | Uint8Array)[];
  end?: "close" | "drop" | "hang";
};

/** A vendor on a loopback port that plays one reply to every request, or one by request. Disposing it cuts all connections. */
export class WireServer implements AsyncDisposable {
  readonly requests: WireRequest[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #replyTo: (request: WireRequest) => WireReply;

  private constructor(replyTo: (request: WireRequest) => WireReply) {
    this.#replyTo = replyTo;
  }

  static async playing(reply: WireReply | ((request: WireRequest) => WireReply)): Promise<WireServer> {
    const server = new WireServer(typeof reply === "function" ? reply : () => reply);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The only request so far; throws when there were none or several. */
  get request(): WireRequest {
    const [first, ...others] = this.requests;
    if (first === undefined || others.length > 0) throw new Error(`${this.requests.length} requests arrived instead of one`);
    return first;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen: WireRequest = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: request.method === "POST" && request.headers["content-length"] !== "0" ? await json(request) : undefined,
      closed: once(response, "close"),
    };
    this.requests.push(seen);
    const { status = 200, headers = { "content-type": "text/event-stream" }, writes = [], end = "close" } = this.#replyTo(seen);
    response.writeHead(status, headers).flushHeaders();
    for (const write of writes) await new Promise((sent) => response.write(write, sent));
    if (end === "close") response.end();
    if (end === "drop") response.socket?.destroy();
  }
}

/** A JSON answer. */
export function jsonReply(status: number, body: unknown, headers: { [name: string]: string } = {}): WireReply {
  return { status, headers: { "content-type": "application/json", ...headers }, writes: [JSON.stringify(body)] };
}

/** Every byte of a text as a write of its own, so that no boundary is left untried. */
export function bytewise(text: string): Uint8Array[] {
  return [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));
}
