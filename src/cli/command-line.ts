import { parseArgs } from "node:util";
import type { Command } from "./command.ts";
import { Given } from "./given.ts";
import { COMMON_OPTIONS } from "./help.ts";
import { UsageError } from "./usage-error.ts";

type Commands = { readonly [name: string]: Command };

/** A command line: the command, its name, and what it was given; or a wish for help or the version. */
export type CommandLine =
  | { kind: "help"; name?: string }
  | { kind: "version" }
  | { kind: "command"; name: string; command: Command; given: Given<string> };

/** Reads what follows `depute`. Throws UsageError. */
export function commandLine(argv: readonly string[], commands: Commands): CommandLine {
  const [first, second] = argv;
  if (first === undefined) throw new UsageError("There is no command.");
  if (first === "--help" || first === "-h" || first === "help") return { kind: "help" };
  if (first === "--version") return { kind: "version" };
  const name = [`${first} ${second}`, first].find((each) => Object.hasOwn(commands, each));
  const command = name === undefined ? undefined : commands[name];
  if (name === undefined || command === undefined) throw new UsageError(unknown(argv, commands));
  const args = argv.slice(name.split(" ").length);
  const { values, positionals } = parsed(args, command);
  if (values.help === true) return { kind: "help", name };
  const [fewest, most] = command.words;
  if (positionals.length < fewest) throw new UsageError(`It lacks something: depute ${name} ${command.usage}`);
  if (positionals.length > most) throw new UsageError(`"${positionals[most]}" is too much: depute ${name} ${command.usage}`);
  return { kind: "command", name, command, given: new Given(positionals, values) };
}

function parsed(args: string[], { options }: Command) {
  const named = Object.entries({ ...options, ...COMMON_OPTIONS }).map(([name, option]) => {
    const multiple = "multiple" in option && option.multiple === true;
    return [name, { type: option.type, multiple }] as const;
  });
  try {
    return parseArgs({ args, options: Object.fromEntries(named), allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function unknown([first, second]: readonly string[], commands: Commands): string {
  const kin = Object.keys(commands).filter((name) => name.startsWith(`${first} `));
  if (kin.length === 0) return `There is no command "${first}".`;
  return `There is no "${first} ${second ?? ""}"; there are ${kin.join(", ")}.`;
}
