import { describe, expect, test } from "vitest";
import { base62, randomBase62 } from "../../../src/lib/base62.ts";

describe("base62", () => {
  test.each([
    [0, 1, "0"],
    [61, 1, "z"],
    [62, 1, "10"],
    [61, 6, "00000z"],
    [0xffffffff, 6, "4gfFC3"],
  ])("%i in at least %i digits is %s", (value, length, digits) => {
    expect(base62(value, length)).toBe(digits);
  });
});

describe("randomBase62", () => {
  test("every digit is as likely as any other", () => {
    let byte = -1;
    const digits = randomBase62(62 * 4, (bytes) => {
      for (const index of bytes.keys()) {
        byte = (byte + 1) % 256;
        bytes[index] = byte;
      }
    });
    const counts = Map.groupBy(digits, (digit) => digit);
    expect(counts.size).toBe(62);
    for (const { length } of counts.values()) expect(length).toBe(4);
  });
});
