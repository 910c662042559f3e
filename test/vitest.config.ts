import { resolve } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { simulatedVendors } from "./support/simulated-vendors.ts";

const root = resolve(import.meta.dirname, "..");

/**
 * `unit` and `contract` run in plain Node. `worker` runs in workerd against D1, objects and the simulator; its files share one
 * workerd, since starting one takes seconds. `e2e` starts real processes, so its files take turns.
 */
export default defineConfig({
  root,
  test: {
    projects: [
      { root, test: { name: "unit", include: ["test/unit/**/*.test.{ts,tsx}"] } },
      { root, test: { name: "contract", include: ["test/contract/**/*.test.ts"] } },
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
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
