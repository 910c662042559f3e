import { describe, expect, test } from "vitest";
import { formToken, isFormToken } from "../../../src/dashboard/form-token.ts";
import { openSession, SESSION_SECONDS, sealSession } from "../../../src/dashboard/session.ts";
import { seal } from "../../../src/lib/sealed.ts";

const [FIRST, SECOND] = ["first-secret-0123456789-0123456789", "second-secret-0123456789-0123456789"] as const;
const NOW = Date.parse("2026-11-22T10:00:00Z");

describe("a session", () => {
  test("is the key, until twelve hours are over", async () => {
    const sealed = await sealSession("dpt_x", [FIRST], NOW);
    const end = NOW + SESSION_SECONDS * 1_000;
    expect(await openSession(sealed, [FIRST], end - 1)).toEqual({ key: "dpt_x", until: end });
    expect(await openSession(sealed, [FIRST], end)).toBeUndefined();
  });

  test("outlives a rotation as long as its secret is listed", async () => {
    const sealed = await sealSession("dpt_x", [FIRST], NOW);
    expect(await openSession(sealed, [SECOND, FIRST], NOW)).toMatchObject({ key: "dpt_x" });
    expect(await openSession(sealed, [SECOND], NOW)).toBeUndefined();
  });

  test("shows nothing of the key", async () => {
    expect(await sealSession("dpt_secretsecretsecret", [FIRST], NOW)).not.toContain("secret");
  });

  test.each(["", "v1.AAAA.AAAA", "dpt_x", '{"key":"dpt_x","until":9999999999999}'])("%j is none", async (text) => {
    expect(await openSession(text, [FIRST], NOW)).toBeUndefined();
  });

  test("is not what another version of this sealed", async () => {
    const body = JSON.stringify({ key: "dpt_x", until: NOW + 1, theme: "dark" });
    const other = await seal(body, { use: "depute/dashboard-sessions", of: "session" }, [FIRST]);
    expect(await openSession(other, [FIRST], NOW)).toBeUndefined();
  });

  test("is not what was sealed for something else", async () => {
    const body = JSON.stringify({ key: "dpt_x", until: NOW + 1 });
    const elsewhere = await seal(body, { use: "depute/webhook-secrets", of: "session" }, [FIRST]);
    expect(await openSession(elsewhere, [FIRST], NOW)).toBeUndefined();
  });
});

describe("the token of a form", () => {
  test("is that of its session, under any secret that is listed", async () => {
    const token = await formToken("session", [FIRST]);
    expect(await isFormToken(token, "session", [FIRST])).toBe(true);
    expect(await isFormToken(token, "session", [SECOND, FIRST])).toBe(true);
    expect(await isFormToken(token, "session", [SECOND])).toBe(false);
    expect(await isFormToken(token, "other", [FIRST])).toBe(false);
  });

  test.each(["", "AAAA", "undefined"])("%j is none", async (token) => {
    expect(await isFormToken(token, "session", [FIRST])).toBe(false);
    expect(await isFormToken(token, "", [])).toBe(false);
  });

  test("says nothing of the session", async () => {
    expect(await formToken("session", [FIRST])).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });
});
