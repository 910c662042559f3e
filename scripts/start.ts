import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { readConfig } from "../src/config.ts";
import { greeting } from "./start/greeting.ts";
import { adminKey, deputeSecret } from "./start/kept-secret.ts";
import { startLocalWorker } from "./start/local-worker.ts";
import { parseOptions, type StartOptions, USAGE, UsageError } from "./start/options.ts";
import { watchNpm } from "./start/parent-gone.ts";
import { childrenOf } from "./start/processes.ts";
import { freePort, untilHealthy, urlOf } from "./start/running.ts";
import { namesVendor, readSettings, type Settings, simulatedSettings } from "./start/settings.ts";
import { lockState, RUN_VARIABLE } from "./start/state-lock.ts";
import { startWatchdog } from "./start/watchdog.ts";

const root = join(import.meta.dirname, "..");
const SWEEP_MS = 60_000;
const BOOT_MS = 60_000;

/** What has to be undone when we end, last things first. */
const cleanups: (() => unknown)[] = [];
let ending: Promise<never> | undefined;

function endWith(code: number): Promise<never> {
  ending ??= (async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
    process.exit(code);
  })();
  return ending;
}

/** Makes these signals ours alone: miniflare's own handlers would exit before we have cleaned up. */
function takeSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => void endWith(0));
  }
}

async function start(options: StartOptions): Promise<void> {
  const say = (...lines: string[]) => {
    if (!options.quiet) for (const line of lines) console.log(line);
  };
  const run = randomUUID();
  const lock = await lockState(options.state, run);
  cleanups.push(() => lock.release());
  for (const { pid, command } of lock.ended) console.error(`Ended process ${pid}, left by an earlier start: ${command}`);
  const port = await freePort(options.host, options.port);
  const url = urlOf(options.host, port);
  const watchdog = startWatchdog(options.state, run);
  cleanups.push(() => watchdog.stop());

  const { settings, keyFile, simulatorUrl } = await prepareSettings(options);
  let healthy = false;
  const record = () => lock.record(childrenOf(process.pid).filter(isRuntime), healthy ? url : null);
  const worker = await startLocalWorker({
    configPath: join(root, "wrangler.toml"),
    host: options.host,
    port,
    state: options.state,
    settings,
    environment: { [RUN_VARIABLE]: run },
    onLog: ({ level, message }) => {
      if (!options.quiet || level === "warn" || level === "error") console.error(message);
    },
    onRestart: record,
  });
  takeSignals();
  cleanups.push(() => worker.stop());
  record();
  await untilHealthy(url, BOOT_MS);
  healthy = true;
  record();
  const sweep = () => worker.sweep().catch((error: unknown) => console.error(`The sweep failed: ${String(error)}`));
  const timer = setInterval(sweep, SWEEP_MS);
  cleanups.push(() => clearInterval(timer));
  console.log(`depute is ready on ${url}`);
  say(...greeting({ url, keyFile, simulatorUrl, state: options.state }));
}

/** The settings of the Worker, checked: what is given, an owner key and a secret if none are, and the simulated vendors if there are no others. */
async function prepareSettings(options: StartOptions) {
  const given = readSettings(process.env, root);
  const keyFile = given.DEPUTE_ADMIN_KEY === undefined ? join(options.state, "admin-key") : null;
  const key = keyFile === null ? {} : { DEPUTE_ADMIN_KEY: adminKey(options.state) };
  const secret = given.DEPUTE_SECRET === undefined ? { DEPUTE_SECRET: deputeSecret(options.state) } : {};
  const settings: Settings = { LOG_LEVEL: "warn", ...given, ...key, ...secret };
  readConfig(settings);
  if (!options.simulator || namesVendor(given)) return { settings, keyFile, simulatorUrl: null };
  const { startSimulator } = await import("../simulator/simulator.ts");
  const simulator = await startSimulator();
  cleanups.push(() => simulator.stop());
  return { settings: simulatedSettings(settings, simulator.url), keyFile, simulatorUrl: simulator.url };
}

const isRuntime = ({ command }: { command: string }) => /\bworkerd\b.* serve /.test(command);

takeSignals();
watchNpm(process.env, () => void endWith(1));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") console.log(USAGE);
  else await start(options);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
  await endWith(error instanceof UsageError ? 2 : 1);
}
