import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonListOf } from "../../../src/http/json-list.ts";

function textOf(chunks: readonly Uint8Array[]): Promise<string> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return new Response(source.pipeThrough(jsonListOf())).text();
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe("jsonListOf", () => {
  test("nothing is an empty list", async () => {
    expect(await textOf([])).toBe('{"data":[]}');
  });

  test("lines become a list wherever they are cut", async () => {
    const lines = fc.array(fc.jsonValue(), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 7 }), async (values, size) => {
        const whole = bytes(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
        const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
          whole.slice(index * size, (index + 1) * size),
        );
        expect(JSON.parse(await textOf(chunks))).toEqual({ data: JSON.parse(JSON.stringify(values)) });
      }),
    );
  });

  test("empty chunks change nothing", async () => {
    expect(await textOf([bytes("1\n"), bytes(""), bytes("2\n"), bytes("")])).toBe('{"data":[1,2]}');
  });
});
