import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { namesVendor, readSettings, SETTING_NAMES, simulatedSettings } from "../../../../scripts/start/settings.ts";
import { readConfig } from "../../../../src/config.ts";

const folders: string[] = [];
function folder(devVars?: string): string {
  const path = mkdtempSync(join(tmpdir(), "depute-settings-"));
  folders.push(path);
  if (devVars !== undefined) writeFileSync(join(path, ".dev.vars"), devVars);
  return path;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

describe("readSettings", () => {
  test("knows every setting that the Worker reads, but the one that only a simulator may set", () => {
    const source = readFileSync(join(import.meta.dirname, "../../../../src/config.ts"), "utf8");
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
    expect(read.filter((name) => name !== "DEPUTE_SIMULATED").sort()).toEqual([...SETTING_NAMES].sort());
  });

  test("takes nothing but settings from the environment", () => {
    expect(readSettings({ ANTHROPIC_API_KEY: "a", HOME: "/root", DEPUTE_SIMULATED: "true" }, folder())).toEqual({
      ANTHROPIC_API_KEY: "a",
    });
  });

  test("takes from .dev.vars what the environment does not name", () => {
    const path = folder('OPENAI_API_KEY="quoted"\n# a comment\nANTHROPIC_API_KEY=file\nOTHER=x\n');
    expect(readSettings({ ANTHROPIC_API_KEY: "environment" }, path)).toEqual({
      ANTHROPIC_API_KEY: "environment",
      OPENAI_API_KEY: "quoted",
    });
  });

  test("an empty variable hides the file's", () => {
    expect(readSettings({ ANTHROPIC_API_KEY: "" }, folder("ANTHROPIC_API_KEY=file"))).toEqual({});
  });
});

describe("namesVendor", () => {
  test.each(["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "COPILOT_GITHUB_TOKEN", "COMPATIBLE_ENDPOINTS"])(
    "%s is a vendor's",
    (name) => expect(namesVendor({ [name]: "x" })).toBe(true),
  );

  test("addresses, repositories and our own key are not", () => {
    const settings = { DEPUTE_ADMIN_KEY: "x", ANTHROPIC_BASE_URL: "http://x", COPILOT_REPOSITORIES: "a/b" };
    expect(namesVendor(settings)).toBe(false);
  });
});

describe("simulatedSettings", () => {
  test("configure every provider at the simulator and keep what is not a vendor's", () => {
    const given = { DEPUTE_ADMIN_KEY: "dpt_0123456789abcdefghij", RETENTION_DAYS: "7", OPENAI_BASE_URL: "https://elsewhere" };
    const config = readConfig(simulatedSettings(given, "http://127.0.0.1:1"));
    expect(config).toMatchObject({
      adminKey: "dpt_0123456789abcdefghij",
      retentionDays: 7,
      simulated: true,
      claude: { baseUrl: "http://127.0.0.1:1" },
      gemini: { baseUrl: "http://127.0.0.1:1" },
      codex: { baseUrl: "http://127.0.0.1:1/v1" },
      copilot: { apiUrl: "http://127.0.0.1:1", repositories: ["acme/widgets"], defaultRepository: "acme/widgets" },
      compatible: { local: { base_url: "http://127.0.0.1:1/v1" } },
    });
  });
});
