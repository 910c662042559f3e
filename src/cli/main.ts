#!/usr/bin/env node
import { cli } from "./cli.ts";
import { processTerminal } from "./terminal.ts";

const interrupt = new AbortController();
// Once: a second Ctrl-C ends the process at once.
process.once("SIGINT", () => interrupt.abort(new Error("Interrupted.")));
// A reader that has enough, like head, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await cli(process.argv.slice(2), { terminal: processTerminal(), env: process.env, signal: interrupt.signal });
