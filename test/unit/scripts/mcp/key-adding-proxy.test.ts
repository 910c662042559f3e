import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KeyAddingProxy, startKeyAddingProxy } from "../../../../scripts/mcp/key-adding-proxy.ts";

type Seen = { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string };

const seen: Seen[] = [];
const target = createServer(async (request, response) => {
  seen.push({ method: request.method, url: request.url, headers: request.headers, body: await text(request) });
  response.writeHead(418, { "x-told": "yes" }).end("answer");
});
let proxy: KeyAddingProxy;
beforeAll(async () => {
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  const { port } = target.address() as AddressInfo;
  proxy = await startKeyAddingProxy(new URL(`http://127.0.0.1:${port}/mcp`), "the-key");
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  target.close();
});

describe("the proxy", () => {
  test("passes a request on with the key, and the answer back as it is", async () => {
    const response = await fetch(proxy.url, {
      method: "POST",
      body: "sent",
      headers: { authorization: "Bearer other", accept: "x/y" },
    });
    expect([response.status, response.headers.get("x-told"), await response.text()]).toEqual([418, "yes", "answer"]);
    expect(seen.at(-1)).toMatchObject({
      method: "POST",
      url: "/mcp",
      body: "sent",
      headers: { authorization: "Bearer the-key", accept: "x/y" },
    });
  });

  test("leaves Host and Origin as they came: a server that looks at them sees what was sent", async () => {
    const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
    socket.write("GET /mcp HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n");
    expect(await text(socket)).toContain("418");
    expect(seen.at(-1)?.headers).toMatchObject({ host: "evil.example", origin: "http://evil.example" });
  });
});
