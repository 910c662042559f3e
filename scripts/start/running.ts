import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The port asked for if it is free (0: any free one). Throws an Error that says so when it is taken. */
export function freePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => {
      const taken = "code" in error && error.code === "EADDRINUSE";
      reject(taken ? new Error(`Port ${port} of ${host} is in use; choose another one with --port`) : error);
    });
    probe.listen(port, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}

/** The address a person on this machine types: a wildcard host is reached by the loopback address. */
export function urlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/** Resolves when GET /health answers 200, be it that a part is degraded: work is taken. Throws with the last answer after `timeoutMs`. */
export async function untilHealthy(url: string, timeoutMs: number): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const answer = await health(url);
    if (answer === "ok") return;
    if (Date.now() > giveUpAt) throw new Error(`GET ${url}/health did not say that work is taken, but: ${answer}`);
    await sleep(20);
  }
}

const TAKES_WORK = ["ok", "degraded"];

async function health(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    return response.status === 200 && TAKES_WORK.includes(JSON.parse(text).status)
      ? "ok"
      : `${response.status} ${text.slice(0, 500)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
