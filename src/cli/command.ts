import type { Transport } from "../client/transport.ts";
import type { Given } from "./given.ts";
import type { Terminal } from "./terminal.ts";

/** A flag; `value` names what it takes in the help. */
type Option =
  | { readonly type: "string"; readonly value: string; readonly help: string; readonly multiple?: true }
  | { readonly type: "boolean"; readonly help: string };
export type Options = { readonly [name: string]: Option };

/** How to come back to work that goes on without us, and how to stop it: command lines. */
export type Work = { comeBack: string; cancel: string };

/** What a command works with. */
export type Session = {
  /** Gives up within seconds: for the calls that begin a command. */
  readonly api: Transport;
  /** Bears a server that is away for half a minute: for work that is under way. */
  readonly patient: Transport;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  /** Print the API's own JSON. */
  readonly json: boolean;
  /** From here on Ctrl-C leaves this behind. */
  leaves(work: Work): void;
};

/** One command. `run` gives the exit code; it throws UsageError, DeputeError, or the signal's reason. */
export type Command<Name extends string = string> = {
  /** What follows `depute` and the command's own name. */
  readonly usage: string;
  readonly summary: string;
  /** The fewest and the most words. */
  readonly words: readonly [number, number];
  readonly options: Options;
  run(given: Given<Name>, session: Session): Promise<number>;
};

/** A command whose `run` may ask for its own flags only. */
export const command = <const Own extends Options>(
  own: Omit<Command<keyof Own & string>, "options"> & { readonly options: Own },
): Command => own;
