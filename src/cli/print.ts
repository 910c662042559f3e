import type { Session } from "./command.ts";
import { harmless } from "./terminal.ts";
import { summaryLine, type Work, whole } from "./work.ts";

/** Prints the answer of some work to the standard output and a line about it to the standard error, or its JSON. */
export function print(work: Work, { terminal, json }: Pick<Session, "terminal" | "json">): void {
  if (json) {
    terminal.out(`${JSON.stringify(work)}\n`);
    return;
  }
  const output = "output" in work ? (work.output ?? "") : "";
  terminal.out(whole(terminal.isOutTty ? harmless(output) : output));
  terminal.err(summaryLine(work));
}
