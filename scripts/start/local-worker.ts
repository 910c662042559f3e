import { readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from "miniflare";
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
  const { modulesRules: _, assets, ...bindings } = worker;
  const { directory } = (assets ?? {}) as { directory?: string };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      rootPath: folder,
      workers: [
        {
          ...bindings,
          name: "depute",
          modules: [{ type: "ESModule", path: "index.js", contents: await bundle(resolve(folder, main ?? "src/index.ts")) }],
          bindings: Object.assign({}, worker.bindings, options.settings),
        },
        ...(directory === undefined ? [] : [assetsWorker(directory)]),
      ],
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

type WorkerOptions = Extract<V4MiniflareOptions, { workers: unknown[] }>["workers"][number];

/** In the folder of the assets and none: what the platform is to say of them. */
const NO_ASSET = "/_headers";

/**
 * The assets of `directory` as a Worker of their own, which their addresses lead to: the router that stands before a Worker with
 * assets would be one more hop here for every call of the API.
 */
function assetsWorker(directory: string): WorkerOptions {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => `/${relative(directory, join(parentPath, name))}`);
  return {
    name: "depute-assets",
    compatibilityDate: "2026-10-06",
    modules: [
      { type: "ESModule", path: "assets.js", contents: "export default { fetch: (request, env) => env.ASSETS.fetch(request) };" },
    ],
    assets: { directory, binding: "ASSETS" },
    routes: paths.filter((path) => path !== NO_ASSET).map((path) => `*${path}`),
  };
}
