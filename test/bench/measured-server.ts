import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { keyOf, recordedChildren, type StartProcess, startProcess } from "../support/start-process.ts";
import { ApiClient } from "./api-client.ts";
import { atExit } from "./at-exit.ts";
import type { CpuMeter } from "./cpu-use.ts";
import { type DirectCaller, directCaller } from "./direct-caller.ts";
import { startVendor, type VendorProcess } from "./vendor-process.ts";
import { INSTANT, promptOf } from "./vendor-script.ts";

/** The product as `npm start` runs it, on a state folder of its own, with the bench's vendor behind it. */
export type MeasuredServer = {
  api: ApiClient;
  direct: DirectCaller;
  vendor: VendorProcess;
  meter: CpuMeter;
};

const WARM_UP = 400;
const WARM_UP_AT_ONCE = 8;

/**
 * Starts it with its state in a new folder of `parent`, runs enough delegations and direct calls that both are compiled and
 * connected, and ends it when `measure` has. `more` are settings besides the usual ones.
 */
export async function withMeasuredServer<T>(
  parent: string,
  measure: (server: MeasuredServer) => Promise<T>,
  more: { [setting: string]: string } = {},
): Promise<T> {
  const vendor = await startVendor();
  const state = mkdtempSync(join(parent, "depute-bench-"));
  const settings = { ANTHROPIC_BASE_URL: vendor.url, ANTHROPIC_API_KEY: "bench", ...more };
  const started = startProcess({ state, args: ["--no-simulator", "--quiet"], settings });
  // The folder stays until the bench ends: deleting thousands of files slows those down that the next measurement makes.
  atExit(() => {
    started.kill("SIGTERM");
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  });
  try {
    const api = new ApiClient(await started.ready, keyOf(state));
    const direct = directCaller(vendor.url);
    await warmUp(api, direct);
    return await measure({ api, direct, vendor, meter: meterOf(started, vendor) });
  } finally {
    started.kill("SIGTERM");
    await started.exited;
    await vendor.stop();
  }
}

function meterOf(started: StartProcess, vendor: VendorProcess): CpuMeter {
  const pids = recordedChildren(started.state).map(({ pid }) => pid);
  return { workerdPids: () => pids, vendorCpuMs: async () => (await vendor.stats()).cpuMs };
}

async function warmUp(api: ApiClient, direct: DirectCaller): Promise<void> {
  const prompt = promptOf(INSTANT);
  const caller = async () => {
    for (let done = 0; done < WARM_UP / WARM_UP_AT_ONCE; done += 1) {
      await api.delegate(prompt);
      await direct.call(prompt);
    }
  };
  await Promise.all(Array.from({ length: WARM_UP_AT_ONCE }, caller));
}
