import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { chosenSettings, configPath, parseSettings, readSettingsFile } from "../../../src/cli/settings.ts";
import { UsageError } from "../../../src/cli/usage-error.ts";

const folder = mkdtempSync(join(tmpdir(), "depute-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the settings", () => {
  const file = { url: "http://file", key: "of-file" };
  const env = { DEPUTE_URL: "http://env", DEPUTE_KEY: "of-env" };

  test("are the flags' before the environment's before the file's", () => {
    expect(chosenSettings({ url: "http://flag", key: "of-flag" }, env, file, "f")).toEqual({
      url: "http://flag",
      key: "of-flag",
    });
    expect(chosenSettings({}, env, file, "f")).toEqual({ url: "http://env", key: "of-env" });
    expect(chosenSettings({}, { DEPUTE_URL: "", DEPUTE_KEY: "" }, file, "f")).toEqual(file);
  });

  test("are of this machine's server unless told otherwise", () => {
    expect(chosenSettings({ key: "k" }, {}, {}, "f").url).toBe("http://127.0.0.1:8787");
  });

  test("lack a key with a text that says where it goes", () => {
    const choose = () => chosenSettings({}, {}, {}, "/home/me/config.json");
    expect(choose).toThrow(UsageError);
    expect(choose).toThrow(/DEPUTE_KEY.*\/home\/me\/config\.json/);
  });

  test.each(["server", "ftp://server", "file:///etc"])("do not take %s for a server", (url) => {
    expect(() => chosenSettings({ url, key: "k" }, {}, {}, "f")).toThrow("is no http(s) address");
  });
});

describe("the settings file", () => {
  test("is where XDG says, else in ~/.config", () => {
    expect(configPath({ XDG_CONFIG_HOME: "/x", HOME: "/home/me" })).toBe("/x/depute/config.json");
    expect(configPath({ XDG_CONFIG_HOME: "relative", HOME: "/home/me" })).toBe("/home/me/.config/depute/config.json");
    expect(configPath({ XDG_CONFIG_HOME: "", HOME: "/home/me" })).toBe("/home/me/.config/depute/config.json");
  });

  test("is read with a warning when others can read it", () => {
    const path = join(folder, "config.json");
    writeFileSync(path, '{"key": "secret"}');
    const warned: string[] = [];
    const read = () => readSettingsFile(path, (text) => warned.push(text));
    chmodSync(path, 0o600);
    expect(read()).toEqual({ key: "secret" });
    expect(warned).toEqual([]);
    chmodSync(path, 0o640);
    expect(read()).toEqual({ key: "secret" });
    expect(warned).toEqual([expect.stringContaining("chmod 600")]);
    expect(warned.join()).not.toContain("secret");
  });

  test("may be absent, and is refused when it is a folder", () => {
    expect(readSettingsFile(join(folder, "none.json"), () => undefined)).toEqual({});
    expect(() => readSettingsFile(folder, () => undefined)).toThrow(UsageError);
  });

  test.each(["secret", "[]", "null", '{"key": 5}', '{"key": ""}', '{"kez": "secret"}'])(
    "%s is refused without being shown",
    (text) => {
      expect(() => parseSettings(text, "f")).toThrow(UsageError);
      expect(() => parseSettings(text, "f")).not.toThrow("secret");
    },
  );
});
