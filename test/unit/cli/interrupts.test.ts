import { expect, test } from "vitest";
import { Interrupts } from "../../../src/cli/interrupts.ts";

test("the first Ctrl-C aborts, the same one told twice is one, and a later one ends at once", () => {
  const interrupts = new Interrupts();
  expect(interrupts.signal.aborted).toBe(false);
  expect(interrupts.take(5_000)).toBe(false);
  expect(interrupts.signal.aborted).toBe(true);
  expect(interrupts.take(5_003)).toBe(false);
  expect(interrupts.take(6_500)).toBe(true);
});
