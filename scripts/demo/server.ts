import { spawn } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { adminKey } from "../start/kept-secret.ts";
import { readSettings } from "../start/settings.ts";
import { untilRunning } from "../start/state-lock.ts";

const root = join(import.meta.dirname, "../..");

export type Server = {
  url: string;
  key: string;
  /** Where the key is kept; undefined: it is DEPUTE_ADMIN_KEY. */
  keyFile: string | undefined;
  /** A shell word that gives the key. */
  keyWord: string;
  /** Where it prints to, if we started it. */
  log: string | undefined;
  /** Lets it run on when this process ends; one that we started ends with us otherwise. */
  keep(): void;
};

/**
 * The server that runs on the state folder, or one started in the background on `port`: in a session of its own, so that neither
 * npm nor the terminal takes it along. Throws with what it printed when it does not get ready.
 */
export async function useServer({ state, port }: { state: string; port: number }): Promise<Server> {
  const given = readSettings(process.env, root).DEPUTE_ADMIN_KEY;
  const keyFile = given === undefined ? join(relative("", state), "admin-key") : undefined;
  const keyWord = keyFile === undefined ? "$DEPUTE_ADMIN_KEY" : `$(cat ${keyFile})`;
  const running = await untilRunning(state);
  const started = running === undefined ? await start(state, port) : { url: running, log: undefined, keep: () => undefined };
  return { ...started, key: given ?? adminKey(state), keyFile, keyWord };
}

async function start(state: string, port: number): Promise<Pick<Server, "url" | "log" | "keep">> {
  const log = join(state, "server.log");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const printedBefore = textOf(log).length;
  const output = openSync(log, "a", 0o600);
  chmodSync(log, 0o600);
  const child = spawn(process.execPath, [join(root, "scripts/start.ts"), "--quiet", "--port", String(port), "--state", state], {
    detached: true,
    stdio: ["ignore", output, output],
    env: withoutNpm(process.env),
  });
  closeSync(output);
  child.unref();
  let kept = false;
  process.once("exit", () => kept || child.kill("SIGTERM"));
  const keep = () => {
    kept = true;
  };
  for (;;) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    // Another one's, when that was quicker.
    const url = await untilRunning(state);
    if (url !== undefined) return { url, log, keep };
    if (hasEnded) throw new Error(textOf(log).slice(printedBefore).trim());
    await sleep(50);
  }
}

/** npm's own variables would make the server end together with npm. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("npm_")));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
