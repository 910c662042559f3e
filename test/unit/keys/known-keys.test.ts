import { describe, expect, test } from "vitest";
import { KnownKeys } from "../../../src/keys/known-keys.ts";

/** Keys held by nobody but those in `holders`; `asked` is what was loaded, in order. */
function scene(holders: { [key: string]: string } = {}) {
  const time = { now: 0 };
  const asked: string[] = [];
  const load = async (key: string) => {
    asked.push(key);
    return holders[key];
  };
  return { keys: new KnownKeys(load, () => time.now), time, asked, holders };
}

describe("KnownKeys", () => {
  test("an answer is had without asking for less than ten seconds, and not after", async () => {
    const { keys, time } = scene({ a: "Ann" });
    expect(keys.glance("a")).toBeUndefined();
    expect(await keys.ask("a")).toBe("Ann");
    time.now = 9_999;
    expect(keys.glance("a")).toEqual({ holder: "Ann" });
    time.now = 10_000;
    expect(keys.glance("a")).toBeUndefined();
    expect(keys.wasHeld("a")).toBe(true);
  });

  test("the age counts from when the question was put, not from its answer", async () => {
    const time = { now: 0 };
    const keys = new KnownKeys(
      async () => {
        time.now = 8_000;
        return "Ann";
      },
      () => time.now,
    );
    await keys.ask("a");
    time.now = 10_000;
    expect(keys.glance("a")).toBeUndefined();
  });

  test("that nobody holds a key is kept as long", async () => {
    const { keys, time, asked } = scene();
    await keys.ask("x");
    expect(keys.glance("x")).toEqual({ holder: undefined });
    expect(keys.wasHeld("x")).toBe(false);
    time.now = 10_000;
    expect(keys.glance("x")).toBeUndefined();
    expect(asked).toEqual(["x"]);
  });

  test("steady callers never wait: an ageing answer is asked for again behind theirs, once", async () => {
    const { keys, time, asked, holders } = scene({ a: "Ann" });
    await keys.ask("a");
    const works: Promise<unknown>[] = [];
    const later = (work: Promise<unknown>) => works.push(work);
    time.now = 4_999;
    keys.glance("a", later);
    expect(works).toHaveLength(0);
    time.now = 5_000;
    holders.a = "Eve";
    expect(keys.glance("a", later)).toEqual({ holder: "Ann" });
    keys.glance("a", later);
    await Promise.all(works);
    expect(asked).toEqual(["a", "a"]);
    time.now = 14_000;
    expect(keys.glance("a")).toEqual({ holder: "Eve" });
  });

  test("a question behind an answer that fails is put again by who comes after its end", async () => {
    const time = { now: 0 };
    let fails = false;
    const keys = new KnownKeys<string>(
      async () => {
        if (fails) throw new Error("away");
        return "Ann";
      },
      () => time.now,
    );
    await keys.ask("a");
    fails = true;
    time.now = 5_000;
    const works: Promise<unknown>[] = [];
    keys.glance("a", (work) => works.push(work));
    await Promise.all(works);
    time.now = 10_000;
    expect(keys.glance("a")).toBeUndefined();
    await expect(keys.ask("a")).rejects.toThrow("away");
  });

  test("a flood of unknown keys drives out the oldest of them and no key that is held", async () => {
    const { keys } = scene({ a: "Ann" });
    await keys.ask("a");
    for (let index = 0; index <= 1_000; index += 1) await keys.ask(`x${index}`);
    expect(keys.glance("a")).toEqual({ holder: "Ann" });
    expect(keys.glance("x0")).toBeUndefined();
    expect(keys.glance("x1")).toEqual({ holder: undefined });
    expect(keys.glance("x1000")).toEqual({ holder: undefined });
  });

  test("after a change everything is asked anew, also what was under way then", async () => {
    const { keys } = scene({ a: "Ann" });
    await keys.ask("a");
    const underWay = keys.ask("b");
    keys.forgetAll();
    await underWay;
    expect([keys.glance("a"), keys.glance("b"), keys.wasHeld("a")]).toEqual([undefined, undefined, false]);
  });
});
