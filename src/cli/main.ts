#!/usr/bin/env node
import { cli } from "./cli.ts";
import { EXIT } from "./exit-codes.ts";
import { processTerminal } from "./terminal.ts";

const SAME_MS = 1_000;

const interrupt = new AbortController();
let interruptedAt = 0;
// A second Ctrl-C ends the process at once; below npm one comes twice, from the terminal and from npm.
process.on("SIGINT", () => {
  if (interrupt.signal.aborted && Date.now() - interruptedAt > SAME_MS) process.exit(EXIT.interrupted);
  interruptedAt = interrupt.signal.aborted ? interruptedAt : Date.now();
  interrupt.abort(new Error("Interrupted."));
  process.stdin.destroy();
});
// A reader that has enough, like head, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await cli(process.argv.slice(2), { terminal: processTerminal(), env: process.env, signal: interrupt.signal });
