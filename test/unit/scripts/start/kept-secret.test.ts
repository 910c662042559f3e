import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adminKey, deputeSecret } from "../../../../scripts/start/kept-secret.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "depute-key-"));
});
afterEach(() => rmSync(state, { recursive: true }));

const mode = (name = "admin-key") => statSync(join(state, name)).mode & 0o777;

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

describe("deputeSecret", () => {
  test("makes 32 random bytes once, keeps them to itself, and is no other secret", () => {
    const secret = deputeSecret(state);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(deputeSecret(state)).toBe(secret);
    expect(mode("secret")).toBe(0o600);
    expect(adminKey(state)).not.toContain(secret);
  });
});
