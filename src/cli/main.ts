#!/usr/bin/env node
import { cli } from "./cli.ts";
import { EXIT } from "./exit-codes.ts";
import { Interrupts } from "./interrupts.ts";
import { processTerminal } from "./terminal.ts";

const interrupts = new Interrupts();
process.on("SIGINT", () => {
  if (interrupts.take(Date.now())) process.exit(EXIT.interrupted);
  process.stdin.destroy();
});
// A reader that has enough, like head, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await cli(process.argv.slice(2), { terminal: processTerminal(), env: process.env, signal: interrupts.signal });
