import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What `npm start` was asked for. `port` 0 takes any free one; `state` is absolute. */
export type StartOptions = { port: number; host: string; state: string; simulator: boolean; quiet: boolean };

export const USAGE = `Usage: npm start -- [options]

  --port N         listen on this port (default 8787; 0 takes any free one)
  --host NAME      listen on this address (default 127.0.0.1)
  --state DIR      keep everything here (default .wrangler/state)
  --no-simulator   never start the simulated vendors, also when no vendor key is set
  --quiet          print no more than the ready line, warnings and errors
  --help           print this
`;

/** Says what is wrong with the command line. */
export class UsageError extends Error {}

/** Reads the command line; `"help"` when it asks for the usage. Throws UsageError. */
export function parseOptions(argv: string[]): StartOptions | "help" {
  const values = parse(argv);
  if (values.help === true) return "help";
  return {
    port: portNumber(values.port ?? "8787"),
    host: nonEmpty("--host", values.host ?? "127.0.0.1"),
    state: stateFolder(values.state),
    simulator: values["no-simulator"] !== true,
    quiet: values.quiet === true,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: "string" },
        host: { type: "string" },
        state: { type: "string" },
        "no-simulator": { type: "boolean" },
        quiet: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The port that a command line names. Throws UsageError. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new UsageError(`--port must be a number from 0 to 65535, not "${text}"`);
  return port;
}

/** The state folder that a command line names, absolute; `.wrangler/state` when it names none. Throws UsageError. */
export function stateFolder(given: string | undefined): string {
  return resolve(nonEmpty("--state", given ?? ".wrangler/state"));
}

function nonEmpty(name: string, value: string): string {
  if (value === "") throw new UsageError(`${name} must not be empty`);
  return value;
}
