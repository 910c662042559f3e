import { join } from "node:path";
import { type LocalWorker, startLocalWorker } from "../../scripts/start/local-worker.ts";
import type { E2eServer } from "./e2e-server.ts";
import { simulatedVendors } from "./simulated-vendors.ts";

/** The Worker of a server that was ended, on its state and port but in this process, so that its cron can be fired by hand. */
export async function startE2eWorker({ url, state, simulator, client }: E2eServer): Promise<LocalWorker> {
  const worker = await startLocalWorker({
    configPath: join(import.meta.dirname, "../../wrangler.toml"),
    host: "127.0.0.1",
    port: Number(new URL(url).port),
    state,
    settings: simulatedVendors(simulator.url),
    environment: {},
    onLog: () => {},
    onRestart: () => {},
  });
  await client.healthy();
  return worker;
}
