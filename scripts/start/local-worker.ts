import { dirname, join, resolve } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptions } from "wrangler";
import { bundle } from "./bundle.ts";
import { migrate } from "./migrations.ts";
import type { Settings } from "./settings.ts";

export type LocalWorker = {
  /** Runs the Worker's cron handler once. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
};

export type LocalWorkerOptions = {
  /** The wrangler.toml that is deployed, too: the Worker here has its bindings, dates and limits. */
  configPath: string;
  host: string;
  port: number;
  state: string;
  settings: Settings;
  /** Environment of workerd besides our own. */
  environment: Settings;
  /** One line that the Worker logged. */
  onLog: (line: { level: string; message: string }) => void;
  /** workerd ended without being asked and runs again, as another process. */
  onRestart: () => void;
};

/**
 * Builds the Worker and runs it on workerd, a child of this process, with D1, queues and objects kept in `state` (where
 * `wrangler --persist-to` finds them, too). Settings go through a pipe: they stand on no command line. When workerd ends
 * by itself, it is started again.
 */
export async function startLocalWorker(options: LocalWorkerOptions): Promise<LocalWorker> {
  const { main, workerOptions: worker } = workerOptions(options.configPath);
  const folder = dirname(options.configPath);
  const { modulesRules: _, ...bindings } = worker;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...bindings,
      name: "depute",
      rootPath: folder,
      modules: [{ type: "ESModule", path: "index.js", contents: await bundle(resolve(folder, main ?? "src/index.ts")) }],
      bindings: Object.assign({}, worker.bindings, options.settings),
      host: options.host,
      port: options.port,
      resourcePersistencePath: join(options.state, "v3"),
      cf: false,
      telemetry: { enabled: false },
      logRequests: false,
      log: new Log(LogLevel.WARN),
      handleStructuredLogs: options.onLog,
      unsafeRuntimeEnv: options.environment,
      unsafeHandleRuntimeRestart: options.onRestart,
    }),
  );
  await miniflare.ready;
  await migrate(await miniflare.getD1Database("DB"), join(folder, "migrations"));
  const server = await miniflare.getWorker();
  return {
    async sweep() {
      await server.scheduled({ cron: "* * * * *" });
    },
    stop: () => miniflare.dispose(),
  };
}
