import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32 } from "../../../src/lib/crc32.ts";

test("crc32 is what zlib says, of any bytes", () => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    expect(crc32(bytes)).toBe(zlibCrc32(bytes));
  });
  fc.assert(property);
});
