import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = (args: string[]) => promisify(execFile)(process.execPath, ["scripts/deploy.ts", ...args], { cwd: root });

describe("npm run deploy", () => {
  test("--dry-run builds the Worker, prints its size and bindings, and leaves nothing behind", async () => {
    const before = existsSync(join(root, "wrangler.deploy.toml"));
    const { stdout } = await run(["--dry-run"]);
    expect(stdout).toMatch(/Total Upload: [\d.]+ KiB \/ gzip: [\d.]+ KiB/);
    expect(stdout).toContain("env.DELEGATIONS (DelegationObject)");
    expect(stdout).toContain("env.DB (depute)");
    expect(existsSync(join(root, "wrangler.deploy.toml"))).toBe(before);
  });

  test("an unknown option is refused with the usage", async () => {
    await expect(run(["--dry"])).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("Usage: npm run deploy") });
  });
});
