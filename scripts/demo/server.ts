import { spawn } from "node:child_process";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { adminKey } from "../start/kept-secret.ts";
import { readSettings } from "../start/settings.ts";
import { runningUrl } from "../start/state-lock.ts";

const root = join(import.meta.dirname, "../..");

export type Server = {
  url: string;
  key: string;
  /** A shell word that gives the key. */
  keyWord: string;
  /** True when we started it. */
  started: boolean;
  /** Ends it if we started it, and does nothing otherwise. */
  stop(): Promise<void>;
};

/** The server that runs on the state folder, or one started for as long as it is needed. */
export async function useServer(state: string): Promise<Server> {
  const given = readSettings(process.env, root).DEPUTE_ADMIN_KEY;
  const keyWord = given === undefined ? `$(cat ${join(relative("", state), "admin-key")})` : "$DEPUTE_ADMIN_KEY";
  const keyNow = () => given ?? adminKey(state);
  const url = runningUrl(state);
  if (url !== undefined) return { url, key: keyNow(), keyWord, started: false, stop: async () => undefined };
  const child = spawn(process.execPath, [join(root, "scripts/start.ts"), "--quiet", "--port", "0", "--state", state], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  process.once("exit", () => child.kill("SIGTERM"));
  const ready = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const [, address] = /^depute is ready on (\S+)$/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
    void exited.then(() => reject(new Error("npm start ended before it was ready")));
  });
  return {
    url: ready,
    key: keyNow(),
    keyWord,
    started: true,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
