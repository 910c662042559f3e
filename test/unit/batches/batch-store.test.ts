import { describe, expect, test } from "vitest";
import { BatchStore } from "../../../src/batches/batch-store.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { specOf } from "../delegations/delegating.ts";
import { batchSpec } from "./running.ts";

function stored(prompts: readonly string[]) {
  const rows = new MemoryRows();
  const store = new BatchStore(rows);
  const tasks = prompts.map((prompt, index) => specOf({ prompt }, { task_id: `t${index}` }));
  const header = store.putBatch(batchSpec(1, { tasks }));
  return { rows, store, header, tasks };
}

describe("BatchStore", () => {
  test("keeps a thousand small specs in a few rows", () => {
    const { rows, store, header, tasks } = stored(Array.from({ length: 1_000 }, (_, index) => `prompt ${index}`));
    expect(rows.writes).toBeLessThan(6);
    expect(store.specs(header, [0, 499, 999])).toEqual([tasks[0], tasks[499], tasks[999]]);
    expect(store.taskIds()).toHaveLength(1_000);
  });

  test("keeps every row under what the platform takes, whatever the sizes and characters", () => {
    const { store, header, tasks } = stored([
      "é".repeat(1_000_000),
      "a",
      "\u{1f600}".repeat(250_000),
      "b\n",
      "x".repeat(399_000),
      "c",
    ]);
    expect(store.specs(header, [0, 1, 2, 3, 4, 5])).toEqual(tasks);
    expect(store.specs(header, [2])).toEqual([tasks[2]]);
  });

  test("leaves nothing of the specs when they are dropped", () => {
    const { rows, store, header } = stored(["é".repeat(1_000_000), "a"]);
    store.dropSpecs();
    expect(store.specs(header, [0, 1])).toEqual([]);
    expect(rows.keys).toEqual(["batch", "ids"]);
  });

  test("finds the events among which a number is", () => {
    const { store } = stored(["a", "b", "c"]);
    store.events.put({ kind: "started", first: 1, at: 5, tasks: [0, 2] });
    store.events.put({ kind: "completed", first: 3, at: 6 });
    expect([1, 2, 3].map((seq) => store.events.holding(seq)?.first)).toEqual([1, 1, 3]);
  });
});
