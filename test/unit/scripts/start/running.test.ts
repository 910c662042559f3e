import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { freePort, untilHealthy, urlOf } from "../../../../scripts/start/running.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("freePort", () => {
  test("a taken port is refused by its number", async () => {
    const port = await serve(() => undefined);
    await expect(freePort("127.0.0.1", port)).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`);
  });

  test("0 is any port that can be taken then", async () => {
    const port = await freePort("127.0.0.1", 0);
    expect(port).toBeGreaterThan(0);
    expect(await freePort("127.0.0.1", port)).toBe(port);
  });
});

describe("urlOf", () => {
  test.each([
    ["127.0.0.1", "http://127.0.0.1:80"],
    ["localhost", "http://localhost:80"],
    ["0.0.0.0", "http://127.0.0.1:80"],
    ["::", "http://127.0.0.1:80"],
    ["::1", "http://[::1]:80"],
  ])("a server on %s is reached at %s", (host, url) => expect(urlOf(host, 80)).toBe(url));
});

describe("untilHealthy", () => {
  test("waits for 200 with status ok", async () => {
    let asked = 0;
    const port = await serve((_, response) => {
      asked += 1;
      response.statusCode = asked === 1 ? 503 : 200;
      response.end(asked === 2 ? "not JSON" : '{"status":"ok"}');
    });
    await untilHealthy(`http://127.0.0.1:${port}`, 10_000);
    expect(asked).toBe(3);
  });

  test("takes a server that takes work, though a part of it is degraded", async () => {
    const port = await serve((_, response) => response.end('{"status":"degraded"}'));
    await expect(untilHealthy(`http://127.0.0.1:${port}`, 10_000)).resolves.toBeUndefined();
  });

  test("gives up with the last answer", async () => {
    const port = await serve((_, response) => response.writeHead(503).end("the database does not answer"));
    await expect(untilHealthy(`http://127.0.0.1:${port}`, 50)).rejects.toThrow("503 the database does not answer");
  });

  test("gives up where nothing listens", async () => {
    const port = await freePort("127.0.0.1", 0);
    await expect(untilHealthy(`http://127.0.0.1:${port}`, 50)).rejects.toThrow("fetch failed");
  });
});
