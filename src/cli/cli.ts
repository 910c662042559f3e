import packageJson from "../../package.json" with { type: "json" };
import { DeputeError } from "../client/depute-error.ts";
import { Transport } from "../client/transport.ts";
import type { Session, Work } from "./command.ts";
import { type CommandLine, commandLine } from "./command-line.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit-codes.ts";
import { commandHelp, overview } from "./help.ts";
import { chosenSettings, configPath, readSettingsFile } from "./settings.ts";
import { harmless, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Calls again over some two seconds. */
const SOON = 3;
/** Calls again over about half a minute. */
const LATE = 10;

export type Surroundings = {
  terminal: Terminal;
  env: { readonly [name: string]: string | undefined };
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
};

/** Does what a command line asks for, and gives the exit code. Throws only what is a fault of its own. */
export async function cli(argv: readonly string[], at: Surroundings): Promise<number> {
  const left: { work?: Work } = {};
  try {
    const line = commandLine(argv, COMMANDS);
    if (line.kind === "command") return await line.command.run(line.given, sessionOf(line, at, left));
    at.terminal.out(line.kind === "version" ? `${packageJson.version}\n` : helpOf(line));
    return EXIT.done;
  } catch (error) {
    const { text, code } = at.signal.aborted ? interruption(left.work) : refusal(error);
    at.terminal.err(harmless(text));
    return code;
  }
}

function sessionOf({ given }: CommandLine & { kind: "command" }, at: Surroundings, left: { work?: Work }): Session {
  const { terminal, env, signal } = at;
  const path = configPath(env);
  const file = readSettingsFile(path, (text) => terminal.err(`${text}\n`));
  const [url, key] = [given.text("url"), given.text("key")];
  const settings = chosenSettings({ ...(url !== undefined && { url }), ...(key !== undefined && { key }) }, env, file, path);
  const server = { baseUrl: settings.url, apiKey: settings.key };
  return {
    api: new Transport({ ...server, maxRetries: SOON }),
    patient: new Transport({ ...server, maxRetries: LATE }),
    signal,
    terminal,
    json: given.flag("json"),
    leaves: (work) => {
      left.work = work;
    },
  };
}

function helpOf({ name }: CommandLine & { kind: "help" }): string {
  const command = name === undefined ? undefined : COMMANDS[name];
  return name === undefined || command === undefined ? overview(COMMANDS) : commandHelp(name, command);
}

type Told = { text: string; code: number };

/** What Ctrl-C leaves behind. */
export function interruption(work: Work | undefined): Told {
  const left =
    work === undefined ? "" : ` What was accepted goes on.\n  come back: ${work.comeBack}\n  stop it:   ${work.cancel}`;
  return { text: `\nInterrupted.${left}\n`, code: EXIT.interrupted };
}

/** What went wrong, for people. Throws what is nobody's but ours. */
export function refusal(error: unknown): Told {
  if (error instanceof UsageError) return { text: `depute: ${error.message}\nSee depute --help.\n`, code: EXIT.usage };
  if (!(error instanceof DeputeError)) throw error;
  if (error.code === "unreachable") return { text: `depute: ${error.message}\n`, code: EXIT.unreachable };
  const fields = error.fields.map(({ path, message }) => `  ${path}: ${message}\n`).join("");
  const request = error.requestId === undefined ? "" : `  request ${error.requestId}\n`;
  return { text: `depute: ${error.code}: ${error.message}\n${fields}${request}`, code: EXIT.refused };
}
