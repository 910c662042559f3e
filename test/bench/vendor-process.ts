import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What the vendor has done since it began; CPU in milliseconds. */
type VendorStats = { requests: number; answered: number; cpuMs: number };

export type VendorProcess = { url: string; stats(): Promise<VendorStats>; stop(): Promise<void> };

/** Runs the bench's vendor as a process of its own. */
export async function startVendor(): Promise<VendorProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "vendor.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    url,
    stats: async () => (await (await fetch(`${url}/stats`)).json()) as VendorStats,
    async stop() {
      const exited = once(child, "exit");
      child.stdin.end();
      await exited;
    },
  };
}
