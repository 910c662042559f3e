import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hintOf, isWellFormed, looksLikeKey, newKey } from "../../../src/keys/key-format.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

describe("newKey", () => {
  test("is dpt_, 32 random digits and their CRC-32 in six digits of base 62", () => {
    const key = newKey();
    const [, random = "", check = ""] = /^dpt_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/.exec(key) ?? [];
    const value = [...check].reduce((sum, digit) => sum * 62 + DIGITS.indexOf(digit), 0);
    expect(value).toBe(zlibCrc32(random));
    expect([looksLikeKey(key), isWellFormed(key)]).toEqual([true, true]);
  });

  test("every key is another one", () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newKey())).size).toBe(1_000);
  });

  test("bytes that would make some digits likelier are thrown away", () => {
    let call = 0;
    const key = newKey((bytes) => {
      bytes.fill(call === 0 ? 255 : 61);
      call += 1;
    });
    expect(key.slice(4, 36)).toBe("z".repeat(32));
    expect(call).toBe(2);
  });
});

describe("isWellFormed", () => {
  test("one changed, lost, doubled or swapped character is seen", () => {
    const change = fc.constantFrom("change", "lose", "double", "swap");
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 41 }), change, fc.constantFrom(...DIGITS), (at, how, digit) => {
        const key = newKey();
        const [before, here, next, after] = [key.slice(0, at), key.charAt(at), key.charAt(at + 1), key.slice(at + 2)];
        const changed = {
          change: before + digit + next + after,
          lose: before + next + after,
          double: before + here + here + next + after,
          swap: before + next + here + after,
        }[how];
        expect(isWellFormed(changed)).toBe(changed === key);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(["", "dpt_", "ghp_0123456789", `dpt_${"0".repeat(38)}`, `x${newKey()}`, `${newKey()}\n`])("%j is none", (text) => {
    expect(isWellFormed(text)).toBe(false);
  });
});

describe("hintOf", () => {
  test("shows the last four characters, which are of the checksum", () => {
    const key = newKey();
    expect(hintOf(key)).toBe(`…${key.slice(-4)}`);
  });
});
