import { spawn } from "node:child_process";
import { join } from "node:path";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

export type CliEnd = { code: number | string; out: string; err: string };
export type CliProcess = {
  /** What it printed so far. */
  out(): string;
  err(): string;
  interrupt(): void;
  ended: Promise<CliEnd>;
};

/** Runs the command as a process of its own that has no settings but `env`. */
export function cliProcess(args: readonly string[], env: { [name: string]: string }, input = ""): CliProcess {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, ...env } });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.err += text));
  child.stdin.end(input);
  return {
    out: () => said.out,
    err: () => said.err,
    interrupt: () => void child.kill("SIGINT"),
    ended: new Promise((resolve) =>
      child.once("close", (code, signal) => resolve({ code: code ?? signal ?? "unknown", ...said })),
    ),
  };
}
