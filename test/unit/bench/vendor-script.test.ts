import { expect, test } from "vitest";
import { arrivalMs, arrivalText, INSTANT, promptOf, scriptOf } from "../../bench/vendor-script.ts";

test("the script of a prompt is read out of the body that carries it", () => {
  const script = { delayMs: 1_000, chunks: 20, everyMs: 150, characters: 40 };
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: promptOf(script, "and words") }] });
  expect(scriptOf(body)).toEqual(script);
});

test("a body without a script is answered at once", () => {
  expect(scriptOf("{}")).toEqual(INSTANT);
});

test("the answer tells when its request arrived", () => {
  expect(arrivalMs(`${arrivalText(1_500_000n)}.....`)).toBe(1.5);
});

test.each([null, "", "Hello"])("arrivalMs refuses %j, an answer of someone else", (answer) => {
  expect(() => arrivalMs(answer)).toThrow("no answer of the bench's vendor");
});
