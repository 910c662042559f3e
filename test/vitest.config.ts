import { resolve } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { simulatedVendors } from "./support/simulated-vendors.ts";

const root = resolve(import.meta.dirname, "..");
/** A machine may be slow and busy: how long anything takes is no test's matter, only that it ends. */
const PATIENT = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } };

/**
 * `unit` and `contract` run in plain Node. `worker` runs in workerd against D1, objects and the simulator; its files share one
 * workerd, since starting one takes seconds. `e2e` starts real processes, and `browser` looks at the pages of one with Chromium:
 * their files take turns.
 */
export default defineConfig({
  root,
  test: {
    projects: [
      { root, test: { ...PATIENT, name: "unit", include: ["test/unit/**/*.test.{ts,tsx}"] } },
      { root, test: { ...PATIENT, name: "contract", include: ["test/contract/**/*.test.ts"] } },
      {
        root,
        plugins: [
          cloudflareTest(async ({ inject }) => ({
            wrangler: { configPath: resolve(root, "wrangler.toml") },
            miniflare: {
              bindings: {
                ...simulatedVendors(inject<string>("simulatorUrl")),
                TEST_MIGRATIONS: await readD1Migrations(resolve(root, "migrations")),
              },
            },
          })),
        ],
        test: {
          ...PATIENT,
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          globalSetup: ["test/support/start-simulator.ts"],
          setupFiles: ["test/support/apply-migrations.ts", "test/support/clean-circuits.ts"],
          isolate: false,
          maxWorkers: 1,
        },
      },
      {
        root,
        test: {
          ...PATIENT,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          ...PATIENT,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/support/install-chromium.ts"],
          fileParallelism: false,
        },
      },
    ],
  },
});
