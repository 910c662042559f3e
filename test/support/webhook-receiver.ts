import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type ReceivedWebhook = {
  path: string;
  headers: { [name: string]: string | string[] | undefined };
  body: string;
  event: { type: string; timestamp: string; data: { [field: string]: unknown } };
};

/** A receiver of webhooks on a loopback port, which keeps what it gets and answers what `answer` says: a status, or never. */
export class WebhookReceiver implements AsyncDisposable {
  readonly received: ReceivedWebhook[] = [];
  answer: (webhook: ReceivedWebhook) => number | "never" = () => 204;
  /** An idle connection is for who calls to let go of, else a call could meet its end. */
  readonly #server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const body = await text(request);
    const webhook = { path: request.url ?? "", headers: request.headers, body, event: JSON.parse(body) };
    this.received.push(webhook);
    const status = this.answer(webhook);
    if (status !== "never") response.writeHead(status).end(status === 204 ? undefined : "answered");
  });

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What came to a path. */
  at(path: string): ReceivedWebhook[] {
    return this.received.filter((webhook) => webhook.path === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
