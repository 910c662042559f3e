import { describe, expect, test } from "vitest";
import { open, seal } from "../../../src/webhooks/sealed-secret.ts";

const [FIRST, SECOND] = ["first-secret-0123456789-0123456789", "second-secret-0123456789-0123456789"] as const;

describe("a sealed secret", () => {
  test("is opened by the secret that sealed it, wherever that is listed", async () => {
    const sealed = await seal("whsec_x", "w/hook", [FIRST]);
    expect(await open(sealed, "w/hook", [FIRST])).toBe("whsec_x");
    expect(await open(sealed, "w/hook", [SECOND, FIRST])).toBe("whsec_x");
  });

  test("is opened by no other secret and at no other place", async () => {
    const sealed = await seal("whsec_x", "w/hook", [FIRST, SECOND]);
    expect(await open(sealed, "w/hook", [SECOND])).toBeUndefined();
    expect(await open(sealed, "w/hook", [])).toBeUndefined();
    expect(await open(sealed, "other/hook", [FIRST])).toBeUndefined();
  });

  test("says nothing of what it holds, and never looks the same twice", async () => {
    const [one, other] = [await seal("whsec_x", "w/hook", [FIRST]), await seal("whsec_x", "w/hook", [FIRST])];
    expect(one).not.toBe(other);
    expect(one).not.toContain("whsec");
  });

  test.each(["", "v1", "v1.a.b.c", "v2.AAAA.AAAA", "v1.!!!.???", "v1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA=="])(
    "%j, which nobody sealed, is not opened",
    async (text) => expect(await open(text, "w/hook", [FIRST])).toBeUndefined(),
  );

  test("one that was altered is not opened", async () => {
    const sealed = await seal("whsec_x", "w/hook", [FIRST]);
    const altered = sealed.slice(0, -6) + (sealed.at(-6) === "A" ? "B" : "A") + sealed.slice(-5);
    expect(await open(altered, "w/hook", [FIRST])).toBeUndefined();
  });

  test("without a secret nothing is sealed", () => expect(seal("x", "w", [])).rejects.toThrow("DEPUTE_SECRET"));
});
