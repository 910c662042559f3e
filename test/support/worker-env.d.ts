/// <reference types="@cloudflare/vitest-plugin/types" />

/** What the worker tests have besides the deployment's own bindings. */
declare namespace Cloudflare {
  interface Env {
    SIMULATOR_URL: string;
    TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
