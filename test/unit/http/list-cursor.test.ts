import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorOf, positionOf } from "../../../src/http/list-cursor.ts";

const LIST = { sort: "-cost", status: ["failed"], workspace: "default" };
const someId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);

describe("a list's cursor", () => {
  test("gives back any position, in characters that need no escaping in a URL", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.maxSafeInteger(), fc.constant(null)), someId, async (value, id) => {
        const cursor = await cursorOf({ value, id }, LIST);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(await positionOf(cursor, LIST)).toEqual({ value, id });
      }),
    );
  });

  test("is refused for another list", async () => {
    const cursor = await cursorOf({ value: 1, id: "t" }, LIST);
    await expect(positionOf(cursor, { ...LIST, workspace: "other" })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(positionOf(cursor, { ...LIST, sort: "cost" })).rejects.toMatchObject({ fields: [{ path: "cursor" }] });
  });

  test("any other text is refused", async () => {
    const refused = fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
      await expect(positionOf(text, LIST)).rejects.toMatchObject({ code: "invalid_request" });
    });
    await fc.assert(refused);
  });
});
