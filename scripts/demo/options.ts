import { parseArgs } from "node:util";
import { portNumber, UsageError } from "../start/options.ts";

export const USAGE = `Usage: npm run demo -- [options]

  --port N         have the server listen on this port, if none runs yet (default 8787; 0 takes any free one)
  --help           print this
`;

/** Reads the command line; `"help"` when it asks for the usage. Throws UsageError. */
export function parseDemoOptions(args: string[]): { port: number } | "help" {
  const { port, help } = parse(args);
  return help === true ? "help" : { port: portNumber(port ?? "8787") };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { port: { type: "string" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
