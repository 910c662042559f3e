import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it arrived. */
export type SeenRequest = {
  method: string;
  /** With the query. */
  path: string;
  headers: { [name: string]: string };
  /** The parsed JSON body; undefined without one. */
  body: unknown;
  /** Resolves when the client closes the connection before the answer has ended. */
  hungUp: Promise<void>;
};

/** What to answer: a JSON `body`, or `writes` one by one and then an end. `hang` never ends, `drop` destroys the socket. */
export type ScriptedReply = {
  status?: number;
  headers?: { [name: string]: string };
  body?: unknown;
  writes?: readonly (string | Uint8Array)[];
  end?: "close" | "drop" | "hang";
};

/** A loopback HTTP server that answers what a test says, and remembers what it was asked. */
export type ScriptedVendor = AsyncDisposable & { url: string; requests: SeenRequest[] };

export async function scriptedVendor(reply: (request: SeenRequest) => ScriptedReply): Promise<ScriptedVendor> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    void seen(incoming, response).then((request) => {
      requests.push(request);
      answer(response, reply(request));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Each event as one `data:` frame, with an `event:` line when it has a `type` (as the Responses API writes them). */
export function serverSentEvents(events: readonly unknown[]): string[] {
  return events.map((event) => {
    const type = typeof event === "object" && event !== null && "type" in event ? `event: ${String(event.type)}\n` : "";
    return `${type}data: ${JSON.stringify(event)}\n\n`;
  });
}

async function seen(incoming: IncomingMessage, response: ServerResponse): Promise<SeenRequest> {
  const hungUp = new Promise<void>((resolve) => {
    response.on("close", () => {
      if (!response.writableFinished) resolve();
    });
  });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers,
    body: text === "" ? undefined : JSON.parse(text),
    hungUp,
  };
}

function answer(response: ServerResponse, { status = 200, headers = {}, body, writes, end = "close" }: ScriptedReply): void {
  if (writes === undefined) {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
    return;
  }
  response.writeHead(status, { "content-type": "text/event-stream", ...headers });
  writeAll(response, writes, () => {
    if (end === "close") response.end();
    else if (end === "drop") response.socket?.destroy();
  });
}

/** One write per turn of the event loop, so that each can become a packet of its own. */
function writeAll(response: ServerResponse, writes: readonly (string | Uint8Array)[], done: () => void): void {
  const [first, ...rest] = writes;
  if (first === undefined) {
    setImmediate(done);
    return;
  }
  response.write(first, () => setImmediate(() => writeAll(response, rest, done)));
}
