import { describe, expect, test } from "vitest";
import { open, seal } from "../../../src/lib/sealed.ts";

const [FIRST, SECOND] = ["first-secret-0123456789-0123456789", "second-secret-0123456789-0123456789"] as const;

const HOOK = { use: "depute/webhook-secrets", of: "w/hook" };

describe("a sealed secret", () => {
  test("is opened by the secret that sealed it, wherever that is listed", async () => {
    const sealed = await seal("whsec_x", HOOK, [FIRST]);
    expect(await open(sealed, HOOK, [FIRST])).toBe("whsec_x");
    expect(await open(sealed, HOOK, [SECOND, FIRST])).toBe("whsec_x");
  });

  test("is opened by no other secret and at no other place", async () => {
    const sealed = await seal("whsec_x", HOOK, [FIRST, SECOND]);
    expect(await open(sealed, HOOK, [SECOND])).toBeUndefined();
    expect(await open(sealed, HOOK, [])).toBeUndefined();
    expect(await open(sealed, { ...HOOK, of: "other/hook" }, [FIRST])).toBeUndefined();
    expect(await open(sealed, { ...HOOK, use: "depute/other" }, [FIRST])).toBeUndefined();
  });

  test("is opened as it was sealed by earlier versions", async () => {
    const kept = "v1.A0X9BTG+5wQyxuT+.+I5TEkwxmTLgvo6KZ+fsybQeT72vPIxf3tA=";
    expect(await open(kept, HOOK, [FIRST])).toBe("whsec_kept");
  });

  test("says nothing of what it holds, and never looks the same twice", async () => {
    const [one, other] = [await seal("whsec_x", HOOK, [FIRST]), await seal("whsec_x", HOOK, [FIRST])];
    expect(one).not.toBe(other);
    expect(one).not.toContain("whsec");
  });

  test.each(["", "v1", "v1.a.b.c", "v2.AAAA.AAAA", "v1.!!!.???", "v1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA=="])(
    "%j, which nobody sealed, is not opened",
    async (text) => expect(await open(text, HOOK, [FIRST])).toBeUndefined(),
  );

  test("one that was altered is not opened", async () => {
    const sealed = await seal("whsec_x", HOOK, [FIRST]);
    const altered = sealed.slice(0, -6) + (sealed.at(-6) === "A" ? "B" : "A") + sealed.slice(-5);
    expect(await open(altered, HOOK, [FIRST])).toBeUndefined();
  });

  test("without a secret nothing is sealed", () => expect(seal("x", HOOK, [])).rejects.toThrow("DEPUTE_SECRET"));
});
