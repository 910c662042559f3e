import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adminKey } from "../../../../scripts/start/admin-key.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "depute-key-"));
});
afterEach(() => rmSync(state, { recursive: true }));

const mode = () => statSync(join(state, "admin-key")).mode & 0o777;

describe("adminKey", () => {
  test("makes a key of 192 random bits once and keeps it", () => {
    const key = adminKey(state);
    expect(key).toMatch(/^dpt_[\w-]{32}$/);
    expect(adminKey(state)).toBe(key);
    expect(mode()).toBe(0o600);
  });

  test("takes back a mode that lets others read it", () => {
    adminKey(state);
    chmodSync(join(state, "admin-key"), 0o644);
    adminKey(state);
    expect(mode()).toBe(0o600);
  });

  test("an empty file, left by a start killed while it wrote, is written anew", () => {
    writeFileSync(join(state, "admin-key"), "");
    expect(adminKey(state)).toMatch(/^dpt_/);
  });
});
