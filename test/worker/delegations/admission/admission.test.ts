import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../../simulator/simulate.ts";
import { callsFor, finalOf, freshId, objectOf, specOf } from "../../../support/delegation-object.ts";

describe("start", () => {
  test("a new id is created, the same body again is the same task, and the vendor is called once", async () => {
    const id = freshId();
    const spec = specOf(id, simulate({ text: "once" }, id));
    const stub = objectOf(id);
    expect((await stub.start(spec)).kind).toBe("created");
    expect((await stub.start(spec)).kind).toBe("same");
    await finalOf(stub);
    expect((await stub.start(spec)).kind).toBe("same");
    expect(await callsFor(id)).toHaveLength(1);
  });

  test("twenty starts at once make one task and one vendor call", async () => {
    const id = freshId();
    const spec = specOf(id, simulate({ text: "once", first_ms: 30 }, id));
    const kinds = await Promise.all(Array.from({ length: 20 }, async () => (await objectOf(id).start(spec)).kind));
    expect(kinds.filter((kind) => kind === "created")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "same")).toHaveLength(19);
    await finalOf(objectOf(id));
    expect(await callsFor(id)).toHaveLength(1);
  });

  test("another body under the same id is a conflict and changes nothing", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate({ text: "first" }, id)));
    expect(await stub.start(specOf(id, "another", { hash: "1".repeat(64) }))).toEqual({ kind: "conflict" });
    expect((await finalOf(stub)).output).toBe("first");
  });

  test("a deleted id is gone for ever, with one row left of it", async () => {
    const id = freshId();
    const stub = objectOf(id);
    const spec = specOf(id, simulate({ text: "gone soon" }, id));
    await stub.start(spec);
    await finalOf(stub);
    expect(await stub.erase("owner")).toEqual({ kind: "erased" });
    await evictDurableObject(stub);
    expect(await stub.start(spec)).toEqual({ kind: "gone" });
    expect(await stub.read(0)).toEqual({ kind: "gone" });
    expect((await stub.events(0, "ndjson")).kind).toBe("gone");
    const keys = await runInDurableObject(stub, (_object, state) => [...state.storage.kv.list()].map(([key]) => key));
    expect(keys.filter((key) => !key.startsWith("outbox/"))).toEqual(["erased"]);
  });

  test("asking for an unknown id answers unknown everywhere and stores nothing", async () => {
    const stub = objectOf(freshId());
    expect(await stub.read(0)).toEqual({ kind: "unknown" });
    expect(await stub.cancel("owner")).toEqual({ kind: "unknown" });
    expect(await stub.decide("approve", "owner")).toEqual({ kind: "unknown" });
    expect(await stub.events(0, "sse")).toEqual({ kind: "unknown" });
    expect(await stub.specification()).toEqual({ kind: "unknown" });
    expect(await stub.erase("owner")).toEqual({ kind: "unknown" });
    await stub.wake();
    const left = await runInDurableObject(stub, async (_object, state) => ({
      rows: [...state.storage.kv.list()].length,
      alarm: await state.storage.getAlarm(),
    }));
    expect(left).toEqual({ rows: 0, alarm: null });
  });
});
