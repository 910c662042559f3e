import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { ClientGone, Exchange } from "../../../simulator/exchange.ts";
import { Journal } from "../../../simulator/journal.ts";

const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** A request that has arrived, and the means to leave before it is answered. */
async function arrived(): Promise<{ exchange: Exchange; leave: () => void; answer: Promise<Response> }> {
  const leaving = new AbortController();
  const request = once(server, "request");
  const answer = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { signal: leaving.signal });
  answer.catch(() => undefined);
  const [incoming, response] = (await request) as [IncomingMessage, ServerResponse];
  return { exchange: new Exchange(incoming, response, new Journal()), leave: () => leaving.abort(), answer };
}

describe("Exchange", () => {
  test("a pause ends as soon as the client leaves", async () => {
    const { exchange, leave } = await arrived();
    const pause = exchange.pause(600_000);
    leave();
    await expect(pause).rejects.toThrow(ClientGone);
  });

  test("nothing is written to a client that has left", async () => {
    const { exchange, leave } = await arrived();
    leave();
    await expect(exchange.waitForClientToLeave()).rejects.toThrow(ClientGone);
    expect(() => exchange.head(200, {})).toThrow(ClientGone);
    await expect(exchange.write("late")).rejects.toThrow(ClientGone);
  });

  test("a client too slow for the answer may leave in mid-write", async () => {
    const { exchange, leave } = await arrived();
    exchange.head(200, {});
    const writes = (async () => {
      for (;;) await exchange.write("x".repeat(1_000_000));
    })();
    leave();
    await expect(writes).rejects.toThrow(ClientGone);
  });

  test("what was written before the connection drops arrives", async () => {
    const { exchange, answer } = await arrived();
    exchange.head(200, {});
    await exchange.write("héllo", 1);
    await exchange.drop();
    const reader = (await answer).body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    const reading = (async () => {
      for (;;) text += decoder.decode((await reader?.read())?.value, { stream: true });
    })();
    await expect(reading).rejects.toThrow();
    expect(text.trimEnd()).toBe("héllo");
  });
});
