import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * What the vendor has done since it began; CPU in milliseconds. Since `forget`: the most requests in flight at once, and when
 * the first and the last arrived, in milliseconds of the machine's monotonic clock.
 */
type VendorStats = {
  requests: number;
  answered: number;
  inFlight: number;
  peakInFlight: number;
  firstMs: number;
  lastMs: number;
  cpuMs: number;
};

export type VendorProcess = { url: string; stats(): Promise<VendorStats>; forget(): Promise<void>; stop(): Promise<void> };

/** Runs the bench's vendor as a process of its own. */
export async function startVendor(): Promise<VendorProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "vendor.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    url,
    stats: async () => (await (await fetch(`${url}/stats`)).json()) as VendorStats,
    forget: async () => void (await (await fetch(`${url}/stats`, { method: "DELETE" })).text()),
    async stop() {
      const exited = once(child, "exit");
      child.stdin.end();
      await exited;
    },
  };
}
