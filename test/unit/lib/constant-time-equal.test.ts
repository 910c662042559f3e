import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constantTimeEqual } from "../../../src/lib/constant-time-equal.ts";

describe("constantTimeEqual", () => {
  test("a secret equals itself and nothing else", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(constantTimeEqual(left, left)).toBe(true);
        expect(constantTimeEqual(left, right)).toBe(left === right);
      }),
    );
  });

  test.each([
    ["secret", "secre"],
    ["secret", "secrets"],
    ["secret", "Secret"],
    ["secret", ""],
    ["", "secret"],
    ["secretsecret", "secret"],
    ["\u0173ecret", "secret"],
  ])("%s is not %s", (left, right) => {
    expect(constantTimeEqual(left, right)).toBe(false);
  });
});
