import { parseArgs } from "node:util";
import { near } from "./start/near.ts";
import { stateFolder, UsageError } from "./start/options.ts";
import { stopServer } from "./start/stop-server.ts";

const USAGE = `Usage: npm stop -- [options]

  --state DIR      end what runs on this state (default .wrangler/state)
  --help           print this
`;

function stateOf(args: string[]): string | "help" {
  try {
    const { values } = parseArgs({ args, options: { state: { type: "string" }, help: { type: "boolean" } } });
    return values.help === true ? "help" : stateFolder(values.state);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function stop(state: string): Promise<void> {
  const { server, survivors } = await stopServer(state);
  for (const { pid, command } of survivors) console.log(`Ended process ${pid}, left by an earlier start: ${command}`);
  if (server !== undefined) console.log(`Ended process ${server.pid}, which ran on ${near(state)}. What it kept is still there.`);
  else if (survivors.length === 0) console.log(`Nothing runs on ${near(state)}.`);
}

try {
  const state = stateOf(process.argv.slice(2));
  if (state === "help") console.log(USAGE);
  else await stop(state);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
