import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { greeting } from "../../../../scripts/start/greeting.ts";

const server = { url: "http://127.0.0.1:1", keyFile: "/s/admin-key", simulatorUrl: null, state: "/s" };
const text = (change: Partial<typeof server> | { simulatorUrl: string } | { keyFile: null }) =>
  greeting({ ...server, ...change }).join("\n");

describe("greeting", () => {
  test("its curl line reads the key from the file", () => {
    expect(text({})).toContain('curl -s http://127.0.0.1:1/v1/delegations -H "Authorization: Bearer $(cat /s/admin-key)"');
    expect(text({})).toContain("The owner key is in /s/admin-key");
  });

  test("the dashboard and the API's pages are named", () => {
    expect(text({})).toContain("The dashboard is at http://127.0.0.1:1/, the API's pages at http://127.0.0.1:1/docs.");
  });

  test("a file below the working directory is named from there", () => {
    expect(text({ keyFile: resolve(".wrangler/state/admin-key") })).toContain("$(cat .wrangler/state/admin-key)");
  });

  test("a file whose name the shell would take apart is quoted", () => {
    expect(text({ keyFile: "/it's here/admin-key" })).toContain("$(cat '/it'\\''s here/admin-key')");
  });

  test("a key of the environment is named, never shown", () => {
    expect(text({ keyFile: null })).toContain("Bearer $DEPUTE_ADMIN_KEY");
  });

  test("simulated vendors are said to be simulated, real ones are not", () => {
    expect(text({ simulatorUrl: "http://127.0.0.1:2" })).toContain("SIMULATED (http://127.0.0.1:2)");
    expect(text({})).not.toContain("SIMULATED");
  });
});
