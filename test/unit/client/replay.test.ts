import { describe, expect, test } from "vitest";
import { Replay } from "../../../src/client/replay.ts";

async function read(source: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const item of source) seen.push(item);
  return seen;
}

/** Counts to three; the gates hold it before each number. */
async function* counting(gates: readonly Promise<void>[]): AsyncGenerator<number> {
  for (const [index, gate] of gates.entries()) {
    await gate;
    yield index + 1;
  }
}

describe("Replay", () => {
  test("each reader gets everything, whether it comes first, in between or late", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const replay = new Replay(counting(gates.map(({ promise }) => promise)));
    const early = read(replay);
    const first = replay[Symbol.asyncIterator]();
    gates[0].resolve();
    expect((await first.next()).value).toBe(1);
    const between = read(replay);
    gates[1].resolve();
    gates[2].resolve();
    expect(await replay.finished).toEqual([1, 2, 3]);
    expect(await Promise.all([early, between, read(replay)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test("the source's failure comes after what it gave, to every reader", async () => {
    const replay = new Replay(counting([Promise.resolve(), Promise.reject(new Error("broken"))]));
    const reader = replay[Symbol.asyncIterator]();
    expect((await reader.next()).value).toBe(1);
    await expect(reader.next()).rejects.toThrow("broken");
    await expect(read(replay)).rejects.toThrow("broken");
    await expect(replay.finished).rejects.toThrow("broken");
  });
});
