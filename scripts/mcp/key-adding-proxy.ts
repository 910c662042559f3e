import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type KeyAddingProxy = { url: string } & AsyncDisposable;

/**
 * Passes what comes to one loopback address on to `target`, with `key` added: for programs that cannot send one. All other
 * headers go as they came, Host and Origin too.
 */
export async function startKeyAddingProxy(target: URL, key: string): Promise<KeyAddingProxy> {
  const server = createServer((asked, answer) => passOn(asked, answer, target, key));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(asked: IncomingMessage, answer: ServerResponse, target: URL, key: string): void {
  const headers = { ...asked.headers, authorization: `Bearer ${key}` };
  const { hostname, port } = target;
  const passed = request({ hostname, port, path: asked.url, method: asked.method, headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  answer.on("close", () => passed.destroy());
  asked.pipe(passed);
}
