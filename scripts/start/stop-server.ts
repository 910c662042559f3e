import { setTimeout as sleep } from "node:timers/promises";
import { end, isAlive, type ProcessIdentity } from "./processes.ts";
import { endSurvivors, readRun } from "./state-lock.ts";

/** How long a server that was asked to end has for it; after that it is killed. */
const GRACE_MS = 10_000;

/** What was ended: the server itself (undefined: none ran), and what a killed one had left. */
export type Stopped = { server: ProcessIdentity | undefined; survivors: ProcessIdentity[] };

/**
 * Ends exactly the server that is on record in a state folder, if number, start time and command line still are its own, as
 * Ctrl-C would, and resolves when nothing of it is left. May be called by several at once.
 */
export async function stopServer(state: string): Promise<Stopped> {
  const run = readRun(state);
  if (run === undefined) return { server: undefined, survivors: [] };
  const server = isAlive(run.owner) ? run.owner : undefined;
  if (server !== undefined) await ask(server);
  return { server, survivors: await endSurvivors(state, run.run) };
}

async function ask(server: ProcessIdentity): Promise<void> {
  process.kill(server.pid, "SIGTERM");
  for (const giveUpAt = Date.now() + GRACE_MS; isAlive(server); await sleep(20)) {
    if (Date.now() > giveUpAt) await end([server]);
  }
}
