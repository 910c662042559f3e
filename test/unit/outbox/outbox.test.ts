import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Carried, Outbox, type OutboxRow } from "../../../src/outbox/outbox.ts";
import { MemoryRows } from "../../support/memory-rows.ts";

type Kind = "ledger" | "projection";
const SECOND = 1_000;
const HOUR = 3_600_000;

/** An outbox on rows in memory whose carriers do what a test says, its clock, and what was carried and reported. */
function outbox(rows = new MemoryRows()) {
  const clock = { now: 0, random: 0.5 };
  const carried: Kind[] = [];
  const stuck: [string, number, unknown][] = [];
  const does: { [kind in Kind]: () => Promise<Carried> } = { ledger: async () => "done", projection: async () => "done" };
  const carry = (kind: Kind) => () => {
    carried.push(kind);
    return does[kind]();
  };
  const box = new Outbox<Kind>(
    { ledger: carry("ledger"), projection: carry("projection") },
    {
      rows,
      now: () => clock.now,
      random: () => clock.random,
      onStuck: (kind, failures, cause) => stuck.push([kind, failures, cause]),
    },
  );
  return { box, rows, clock, does, carried, stuck };
}

const row = (rows: MemoryRows, kind: Kind) => rows.get<OutboxRow>(`outbox/${kind}`);
const fails = async (): Promise<Carried> => {
  throw new Error("D1 is away");
};

/** A carry that waits until the test lets it go on. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<Carried>();
  return {
    carry: () => promise,
    done: () => resolve("done"),
    keep: () => resolve("keep"),
    fail: () => reject(new Error("late")),
  };
}

describe("Outbox", () => {
  test("carries out what was added, once, and forgets it", async () => {
    const { box, rows, carried } = outbox();
    box.add("projection");
    expect(box.nextDue()).toBe(0);
    await box.drain();
    await box.drain();
    expect(carried).toEqual(["projection"]);
    expect(rows.keys).toEqual([]);
    expect(box.nextDue()).toBeUndefined();
  });

  test("what was added survives the instance that added it", async () => {
    const first = outbox();
    first.box.add("ledger");
    const second = outbox(first.rows);
    await second.box.drain();
    expect(second.carried).toEqual(["ledger"]);
  });

  test("adding again what waits already writes nothing", () => {
    const { box, rows } = outbox();
    box.add("projection");
    box.add("projection");
    expect(rows.writes).toBe(1);
  });

  test("a row that is stuck, or slow, never holds up another", async () => {
    const { box, rows, does } = outbox();
    const slow = held();
    does.ledger = slow.carry;
    box.add("ledger");
    box.add("projection");
    const draining = box.drain();
    await Promise.resolve().then(() => undefined);
    expect(row(rows, "projection")).toBeUndefined();
    expect(row(rows, "ledger")).toBeDefined();
    slow.fail();
    await draining;
    expect(row(rows, "ledger")).toEqual({ due_at: 500, failures: 1 });
  });

  test("a row that failed waits for its own time, whoever else is due", async () => {
    const { box, does, carried, clock } = outbox();
    does.ledger = fails;
    box.add("ledger");
    await box.drain();
    box.add("projection");
    await box.drain();
    expect(carried).toEqual(["ledger", "projection"]);
    clock.now = 499;
    await box.drain();
    expect(carried).toHaveLength(2);
    clock.now = 500;
    await box.drain();
    expect(carried).toEqual(["ledger", "projection", "ledger"]);
  });

  test("backs off from 1 s to 1 h, with full jitter, for ever", async () => {
    const { box, rows, does, clock } = outbox();
    does.projection = fails;
    clock.random = 0.999_999;
    box.add("projection");
    const pauses: number[] = [];
    for (let failure = 1; failure <= 40; failure += 1) {
      await box.drain();
      pauses.push((box.nextDue() ?? 0) - clock.now);
      clock.now = box.nextDue() ?? 0;
    }
    expect(pauses.slice(0, 4)).toEqual([SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]);
    expect(pauses.at(-1)).toBeGreaterThan(HOUR - SECOND);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(HOUR);
    expect(row(rows, "projection")?.failures).toBe(40);
  });

  test("reports every failure from the tenth on, none before", async () => {
    const { box, does, clock, stuck } = outbox();
    does.projection = fails;
    box.add("projection");
    for (let failure = 1; failure <= 12; failure += 1) {
      await box.drain();
      clock.now += HOUR;
    }
    expect(stuck.map(([kind, failures]) => [kind, failures])).toEqual([
      ["projection", 10],
      ["projection", 11],
      ["projection", 12],
    ]);
    expect(stuck[0]?.[2]).toEqual(new Error("D1 is away"));
  });

  test("never throws, not even for a carrier that throws before it returns", async () => {
    const { box, does, rows } = outbox();
    does.projection = () => {
      throw new Error("at once");
    };
    box.add("projection");
    await expect(box.drain()).resolves.toBeUndefined();
    expect(row(rows, "projection")?.failures).toBe(1);
  });

  test("an addition during a carry is not lost: it is carried again", async () => {
    const { box, does, carried, rows } = outbox();
    const first = held();
    does.projection = first.carry;
    box.add("projection");
    const draining = box.drain();
    box.add("projection");
    first.done();
    await draining;
    expect(row(rows, "projection")).toBeDefined();
    does.projection = async () => "done";
    await box.drain();
    expect(carried).toEqual(["projection", "projection"]);
    expect(rows.keys).toEqual([]);
  });

  test("two drains at once carry a row once", async () => {
    const { box, does, carried } = outbox();
    const only = held();
    does.projection = only.carry;
    box.add("projection");
    const both = Promise.all([box.drain(), box.drain()]);
    only.done();
    await both;
    expect(carried).toEqual(["projection"]);
  });

  test("what is being carried is due for nobody else", async () => {
    const { box, does } = outbox();
    const only = held();
    does.projection = only.carry;
    box.add("projection");
    const draining = box.drain();
    expect(box.nextDue()).toBeUndefined();
    only.done();
    await draining;
  });

  test("a kept row costs no write and is not due, until it is added again", async () => {
    const { box, does, carried, rows } = outbox();
    does.projection = async () => "keep";
    box.add("projection");
    await box.drain();
    expect(rows.writes).toBe(1);
    expect(box.nextDue()).toBeUndefined();
    await box.drain();
    expect(carried).toHaveLength(1);
    box.add("projection");
    await box.drain();
    expect(carried).toHaveLength(2);
    expect(rows.writes).toBe(1);
  });

  test("a kept row is carried once more by the next instance: it may have missed an addition", async () => {
    const first = outbox();
    first.does.projection = async () => "keep";
    first.box.add("projection");
    await first.box.drain();
    const second = outbox(first.rows);
    expect(second.box.nextDue()).toBe(0);
    await second.box.drain();
    expect(second.carried).toEqual(["projection"]);
    expect(second.rows.keys).toEqual([]);
  });

  test.each(["keep", "added meanwhile"])("a success forgets the failures before it, even when the row stays: %s", async (why) => {
    const { box, does, clock, rows } = outbox();
    does.projection = fails;
    box.add("projection");
    for (let failure = 1; failure <= 9; failure += 1) {
      await box.drain();
      clock.now += HOUR;
    }
    does.projection = async () => {
      if (why !== "keep") box.add("projection");
      return "keep";
    };
    await box.drain();
    does.projection = fails;
    box.add("projection");
    await box.drain();
    expect(row(rows, "projection")).toEqual({ due_at: clock.now + 500, failures: 1 });
  });

  test("whatever fails and is added in whatever order, everything is carried after its last addition", async () => {
    const act = fc.oneof(
      fc.constantFrom("ledger", "projection", "drain", "break", "mend", "kill"),
      fc.nat(7_200_000).map((waitMs) => ({ waitMs })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const history = new History();
        for (const each of acts) await history.act(each);
        await history.settle();
        expect(history.owed).toEqual(new Set());
        expect(history.rows.keys).toEqual([]);
      }),
    );
  });
});

type Act = Kind | "drain" | "break" | "mend" | "kill" | { waitMs: number };

/** An outbox through instances that come and go and carriers that break, with what is owed still. */
class History {
  readonly owed = new Set<Kind>();
  readonly rows = new MemoryRows();
  #broken = false;
  #world = this.#instance(0);

  async act(act: Act): Promise<void> {
    if (typeof act === "object") this.#world.clock.now += act.waitMs;
    else if (act === "drain") await this.#world.box.drain();
    else if (act === "kill") this.#world = this.#instance(this.#world.clock.now);
    else if (act === "break" || act === "mend") this.#broken = act === "break";
    else this.#add(act);
  }

  /** Mends everything and lets the time pass that it takes. */
  async settle(): Promise<void> {
    this.#broken = false;
    const { box, clock } = this.#world;
    for (let due = box.nextDue(); due !== undefined; due = box.nextDue()) {
      clock.now = Math.max(clock.now, due);
      await box.drain();
    }
  }

  #add(kind: Kind): void {
    this.owed.add(kind);
    this.#world.box.add(kind);
  }

  #instance(now: number) {
    const world = outbox(this.rows);
    world.clock.now = now;
    const carry = (kind: Kind) => async (): Promise<Carried> => {
      if (this.#broken) throw new Error("broken");
      this.owed.delete(kind);
      return "done";
    };
    world.does.ledger = carry("ledger");
    world.does.projection = carry("projection");
    return world;
  }
}
