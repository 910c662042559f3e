import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { readConfig } from "../../src/config.ts";
import { createDatabase } from "../../src/db/client.ts";
import { claimDue, type DeliverDeps } from "../../src/webhooks/deliver.ts";
import type { DoorbellMessage } from "../../src/webhooks/doorbell.ts";
import { Lanes } from "../../src/webhooks/lanes.ts";
import type { Webhook, WebhookDelivery } from "../../src/webhooks/webhook.ts";
import { call } from "./api-client.ts";

/** A queue that keeps what it is sent and delivers nothing. */
export function silentDoorbell() {
  const rung: (DoorbellMessage & { delaySeconds?: number })[] = [];
  const send = async (body: DoorbellMessage, { delaySeconds }: { delaySeconds?: number } = {}) => {
    rung.push({ ...body, ...(delaySeconds !== undefined && { delaySeconds }) });
  };
  return { rung, send };
}

/** One request as a receiver in the test's own hands sees it. */
export type Received = { url: string; headers: { [name: string]: string }; body: string };

/**
 * Deliveries whose receiver is a function and whose clock stands until it is set; chance is always in the middle. `answer` gets
 * the request and its number, from 1.
 */
export class Delivering {
  readonly received: Received[] = [];
  readonly queue = silentDoorbell();
  now = Date.now();
  readonly deps: DeliverDeps;

  constructor(answer: (request: Received, number: number) => Response | Promise<Response>, settings: object = env) {
    this.deps = {
      db: createDatabase(env.DB),
      config: readConfig(settings),
      queue: this.queue,
      lanes: new Lanes(),
      now: () => this.now,
      random: () => 0.5,
      fetch: async (request) => {
        const received = { url: request.url, headers: Object.fromEntries(request.headers), body: await request.text() };
        this.received.push(received);
        return answer(received, this.received.length);
      },
    };
  }

  /** Attempts what is due of the named deliveries, once. */
  async run(workspace: string, deliveryIds: readonly string[]): Promise<void> {
    const attemptAll = await claimDue(
      deliveryIds.map((delivery_id) => ({ workspace, delivery_id })),
      this.deps,
    );
    await attemptAll();
  }
}

export type MadeWebhook = Webhook & { secret: string };

/** An endpoint of the workspace of `key`, told of everything unless `fields` say otherwise. */
export async function makeWebhook(key: string, fields: object = {}): Promise<MadeWebhook> {
  const body = { url: "https://receiver.example.com/hook", events: ["*"], ...fields };
  const answer = await call<MadeWebhook>("POST", "/v1/webhooks", { key, body });
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  return answer.body;
}

/** All deliveries of an endpoint, newest first. */
export async function deliveriesOf(key: string, webhookId: string): Promise<WebhookDelivery[]> {
  const answer = await call<{ data: WebhookDelivery[] }>("GET", `/v1/webhooks/${webhookId}/deliveries`, { key });
  expect(answer.status).toBe(200);
  return answer.body.data;
}
