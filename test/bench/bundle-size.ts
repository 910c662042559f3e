import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** The Worker as it is uploaded, in KiB, and how long its start keeps the CPU busy (milliseconds, here, not at Cloudflare's). */
export type BundleSize = { kib: number; gzipKib: number; startupMs: number };

const root = join(import.meta.dirname, "../..");

/**
 * Has wrangler build the Worker as for a deploy and profile its start-up under the local workerd: parsing and running the
 * top level of all modules. The platform allows a second of it (https://developers.cloudflare.com/workers/platform/limits/).
 */
export async function measureBundle(): Promise<BundleSize> {
  const folder = mkdtempSync(join(tmpdir(), "depute-bundle-"));
  try {
    const dryRun = await wrangler("deploy", "--dry-run", "--outdir", folder);
    const [, kib, gzipKib] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(dryRun) ?? [];
    const profile = await wrangler("check", "startup", "--outfile", join(folder, "startup.cpuprofile"));
    const [, active] = /Active: ([\d.]+) ms/.exec(profile) ?? [];
    if (kib === undefined || active === undefined) throw new Error(`wrangler did not tell the sizes:\n${dryRun}\n${profile}`);
    return { kib: Number(kib), gzipKib: Number(gzipKib), startupMs: Number(active) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function wrangler(...args: string[]): Promise<string> {
  const program = join(root, "node_modules/wrangler/bin/wrangler.js");
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return said + complained;
}
