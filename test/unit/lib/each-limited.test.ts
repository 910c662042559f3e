import { describe, expect, test } from "vitest";
import { eachLimited } from "../../../src/lib/each-limited.ts";

describe("eachLimited", () => {
  test("works on every item, on no more than so many at once", async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(item);
    });
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  test("one that fails keeps it from none of the others, and is told at the end", async () => {
    const done: number[] = [];
    const all = eachLimited([1, 2, 3], 1, async (item) => {
      if (item === 1) throw new Error("first");
      done.push(item);
    });
    await expect(all).rejects.toThrow("first");
    expect(done).toEqual([2, 3]);
  });
});
