import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalWorker } from "../../scripts/start/local-worker.ts";
import { freePort, urlOf } from "../../scripts/start/running.ts";
import { ApiClient } from "./api-client.ts";
import { atExit } from "./at-exit.ts";
import type { Counts } from "./counts.ts";

const root = join(import.meta.dirname, "../..");
const HOST = "127.0.0.1";

export type CountedServer = { api: ApiClient; counts(): Promise<Counts>; reset(): Promise<void>; stop(): Promise<void> };

/** Runs the counted Worker with the product's own settings file, migrations and local runtime. */
export async function startCountedServer(vendorUrl: string): Promise<CountedServer> {
  const folder = mkdtempSync(join(tmpdir(), "depute-counted-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const end = atExit(remove);
  const settings = readFileSync(join(root, "wrangler.toml"), "utf8");
  writeFileSync(
    join(folder, "wrangler.toml"),
    settings.replace(/^main = .*$/m, `main = "${import.meta.dirname}/counted-worker.ts"`),
  );
  symlinkSync(join(root, "migrations"), join(folder, "migrations"));
  const port = await freePort(HOST, 0);
  const url = urlOf(HOST, port);
  const key = "bench-admin-key-0123456789";
  const worker = await startLocalWorker({
    configPath: join(folder, "wrangler.toml"),
    host: HOST,
    port,
    state: join(folder, "state"),
    settings: { LOG_LEVEL: "warn", DEPUTE_ADMIN_KEY: key, ANTHROPIC_API_KEY: "bench", ANTHROPIC_BASE_URL: vendorUrl },
    environment: {},
    onLog: ({ message }) => console.error(message),
    onRestart: () => {},
  });
  return {
    api: new ApiClient(url, key),
    counts: async () => (await (await fetch(`${url}/counts`)).json()) as Counts,
    reset: async () => void (await fetch(`${url}/counts`, { method: "DELETE" })),
    async stop() {
      await worker.stop();
      remove();
      end.done();
    },
  };
}
