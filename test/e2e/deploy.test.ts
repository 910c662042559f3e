import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = (args: string[]) => promisify(execFile)(process.execPath, ["scripts/deploy.ts", ...args], { cwd: root });

/**
 * What the Worker may weigh compressed, in KiB: what it does, and some room. The platform takes 3 MB on its free plan; start-up,
 * which grows with it, may take a second.
 */
const BUDGET_KIB = 1_000;

describe("npm run deploy", () => {
  test("--dry-run builds the Worker, prints its bindings and its size, which is within the budget, and leaves nothing behind", async ({
    annotate,
  }) => {
    const before = existsSync(join(root, "wrangler.deploy.toml"));
    const { stdout } = await run(["--dry-run"]);
    const gzipKib = Number(/Total Upload: [\d.]+ KiB \/ gzip: ([\d.]+) KiB/.exec(stdout)?.[1]);
    const size = `The Worker is ${gzipKib} KiB compressed; it may be ${BUDGET_KIB}.`;
    await annotate(size);
    expect(gzipKib, size).toBeLessThan(BUDGET_KIB);
    expect(stdout).toContain("env.DELEGATIONS (DelegationObject)");
    expect(stdout).toContain("env.DB (depute)");
    expect(existsSync(join(root, "wrangler.deploy.toml"))).toBe(before);
  });

  test("an unknown option is refused with the usage", async () => {
    await expect(run(["--dry"])).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("Usage: npm run deploy") });
  });
});
