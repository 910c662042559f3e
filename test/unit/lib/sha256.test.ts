import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sha256Hex } from "../../../src/lib/sha256.ts";

describe("sha256Hex", () => {
  test.each(["", "abc", "Grüße 😀"])("of %j is what Node's own hash says", async (text) => {
    expect(await sha256Hex(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  });
});
