import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constantTimeEqual } from "../../../src/lib/constant-time-equal.ts";

describe("constantTimeEqual", () => {
  test("a secret equals itself and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (left, right) => {
        expect(await constantTimeEqual(left, left)).toBe(true);
        expect(await constantTimeEqual(left, right)).toBe(left === right);
      }),
    );
  });

  test.each([
    ["secret", "secre"],
    ["secret", "secrets"],
    ["secret", "Secret"],
    ["secret", ""],
  ])("%s is not %s", async (left, right) => {
    expect(await constantTimeEqual(left, right)).toBe(false);
  });
});
