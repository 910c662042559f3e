import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Api, parsedEvents } from "../../../../scripts/demo/api.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function apiOf(listener: RequestListener): Promise<Api> {
  const server = createServer(listener);
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new Api({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: "k" });
}

const event = (seq: number, type: string, more = {}) =>
  `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, type, ...more })}\n\n`;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("parsedEvents", () => {
  test("gives each event once however the bytes are cut", async () => {
    const bytes = new TextEncoder().encode(
      `: hello\n\n${event(1, "item.updated", { delta: "é\u{1f600}" })}${event(2, "thread.completed")}`,
    );
    for (let size = 1; size < bytes.length; size += 1) {
      const pieces = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      };
      expect(await all(parsedEvents(pieces()))).toMatchObject([{ seq: 1, delta: "é\u{1f600}" }, { seq: 2 }]);
    }
  });
});

describe("Api", () => {
  test("events of a connection that ends early go on after the last one seen", async () => {
    const asked: unknown[] = [];
    const api = await apiOf((request, response) => {
      asked.push(request.headers["last-event-id"]);
      response.end(asked.length === 1 ? event(1, "thread.started") + event(2, "turn.started") : event(3, "thread.completed"));
    });
    expect((await all(api.events("t"))).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(asked).toEqual(["0", "2"]);
  });

  test("a task whose last event was seen has no more events", async () => {
    const api = await apiOf((_, response) => response.writeHead(204).end());
    expect(await all(api.events("t"))).toEqual([]);
  });

  test("a refusal is an error with the answer's text", async () => {
    const api = await apiOf((_, response) => response.writeHead(401).end("No valid key"));
    await expect(api.delegation("t")).rejects.toThrow("GET /v1/delegations/t answered 401: No valid key");
  });

  test("every call carries the key", async () => {
    const api = await apiOf((request, response) => {
      response.end(JSON.stringify({ data: [{ provider: request.headers.authorization, configured: true }] }));
    });
    expect(await api.configuredProviders()).toEqual(["Bearer k"]);
  });
});
