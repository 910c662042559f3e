import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { listBatches } from "../../../src/db/list-batches.ts";
import type { Position } from "../../../src/db/position.ts";
import { type BatchRow, deleteBatch, revisitBatch, saveBatch } from "../../../src/db/save-batch.ts";
import { freshId } from "../../support/delegation-object.ts";
import { plansOf } from "./query-plans.ts";
import { batchRow } from "./rows.ts";

const db = createDatabase(env.DB);
const FIRST = { limit: 50, after: undefined };
const save = (workspace: string, batch_id: string, changes: Partial<BatchRow> = {}) =>
  saveBatch(db, batchRow({ workspace, batch_id, ...changes }));
const idsOf = async (rows: Promise<BatchRow[]>) => (await rows).map(({ batch_id }) => batch_id);

describe("saveBatch", () => {
  test("keeps the newest version, whatever the order of arrival, and writes the same one again", async () => {
    const workspace = freshId("ws");
    await save(workspace, "b", { version: 2, status: "completed", moves_by: 7 });
    await save(workspace, "b", { version: 1, status: "in-progress" });
    expect(await listBatches(db, workspace, {}, FIRST)).toMatchObject([{ version: 2, status: "completed", moves_by: 7 }]);
    await save(workspace, "b", { version: 2, status: "completed", moves_by: 9 });
    expect(await listBatches(db, workspace, {}, FIRST)).toMatchObject([{ version: 2, moves_by: 9 }]);
  });
});

describe("deleteBatch and revisitBatch", () => {
  test("touch that batch alone", async () => {
    const workspace = freshId("ws");
    for (const id of ["a", "b", "c"]) await save(workspace, id);
    await deleteBatch(db, { workspace, batch_id: "a" });
    await revisitBatch(db, { workspace, batch_id: "b" }, null);
    const rows = await listBatches(db, workspace, {}, FIRST);
    expect(rows.map(({ batch_id, moves_by }) => [batch_id, moves_by])).toEqual([
      ["c", 1_000],
      ["b", null],
    ]);
  });
});

describe("listBatches", () => {
  test("pages through a workspace newest first, equal times by id, each batch once", async () => {
    const workspace = freshId("ws");
    for (let index = 0; index < 7; index += 1) await save(workspace, `b${index}`, { created_at: 1_000 + Math.floor(index / 3) });
    await save(freshId("ws"), "foreign");
    const seen: string[] = [];
    for (let after: Position | undefined; ; ) {
      const rows = await listBatches(db, workspace, {}, { limit: 2, after });
      seen.push(...rows.map(({ batch_id }) => batch_id));
      const last = rows.at(-1);
      if (last === undefined) break;
      after = { value: last.created_at, id: last.batch_id };
    }
    expect(seen).toEqual(["b6", "b5", "b4", "b3", "b2", "b1", "b0"]);
  });

  test("can be narrowed to statuses and a span of time", async () => {
    const workspace = freshId("ws");
    await save(workspace, "a", { created_at: 10, status: "completed" });
    await save(workspace, "b", { created_at: 20, status: "cancelled" });
    await save(workspace, "c", { created_at: 30, status: "in-progress" });
    const list = (filters: Parameters<typeof listBatches>[2]) => idsOf(listBatches(db, workspace, filters, FIRST));
    expect(await list({ status: ["completed", "cancelled"] })).toEqual(["b", "a"]);
    expect(await list({ created_after: 20, created_before: 30 })).toEqual(["b"]);
  });

  test("reads its own index in order, and sorts nothing", async () => {
    const page = { limit: 50, after: { value: 5, id: "b" } };
    const plan = await plansOf((told) => listBatches(told, "ws", { created_after: 1 }, page));
    expect(plan).toContain("USING INDEX batches_by_time");
    expect(plan).not.toContain("TEMP B-TREE");
  });
});
