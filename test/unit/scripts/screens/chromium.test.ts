import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findChromium } from "../../../../scripts/screens/chromium.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "depute-chromium-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
}

describe("findChromium", () => {
  test("takes the one that CHROMIUM_PATH names before any on the PATH", () => {
    program("chromium");
    const named = program("my-browser");
    expect(findChromium({ PATH: folder, CHROMIUM_PATH: named })).toBe(named);
  });

  test("a CHROMIUM_PATH that leads nowhere is told, not passed over", () => {
    program("chromium");
    const nowhere = join(folder, "gone");
    expect(() => findChromium({ PATH: folder, CHROMIUM_PATH: nowhere })).toThrow(
      `CHROMIUM_PATH is ${nowhere}, which is no program`,
    );
  });

  test("takes Chrome where there is no Chromium, and Chromium where there are both", () => {
    const chrome = program("google-chrome");
    expect(findChromium({ PATH: folder })).toBe(chrome);
    const path = program("chromium");
    expect(findChromium({ PATH: folder })).toBe(path);
  });

  test("looks in every folder of the PATH, and then where systems without one keep it", () => {
    const path = program("chromium");
    expect(findChromium({ PATH: ["/nowhere", folder].join(delimiter) })).toBe(path);
    expect(findChromium({ PATH: "/nowhere" }, [path])).toBe(path);
  });

  test("a folder or a text of that name is no program", () => {
    mkdirSync(join(folder, "chromium"));
    writeFileSync(join(folder, "google-chrome"), "");
    expect(findChromium({ PATH: folder }, [])).toBeUndefined();
  });
});
