import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { DAY_MS } from "../../../src/db/cost-days.ts";
import { costs } from "../../../src/db/costs.ts";
import { markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { indexHistory } from "../../../src/sweep/index-history.ts";
import { rollCosts } from "../../../src/sweep/roll-costs.ts";
import { forgetHistory } from "../../support/forget-history.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { entry, FILTERS, FIRST_DAY, GROUPS, TODAY } from "./random-books.ts";
import { attemptRow, delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);

const roll = () => rollCosts(db, TODAY * DAY_MS + 1_000);
const rolled = async (workspace: string) =>
  (await env.DB.prepare("select day, rolled from cost_days where workspace = ? order by day").bind(workspace).all()).results.map(
    ({ day, rolled: is }) => [Number(day) - FIRST_DAY, is],
  );

const reports = (workspace: string) =>
  Promise.all(GROUPS.flatMap((by) => FILTERS.map((filters) => costs(db, workspace, by, filters))));

describe("costs of days that are summed up", () => {
  test("are to the nano what reading every delegation gives, for all groups, filters and spans", async () => {
    const random = seededRandom(7);
    for (let index = 0; index < 120; index += 1) await saveDelegation(db, ...entry("summed", index, random));
    const read = await reports("summed");
    await roll();
    expect(await rolled("summed")).toEqual([0, 1, 2, 3, 4, 5].map((day) => [day, day === 5 ? 0 : 1]));
    expect(await reports("summed")).toEqual(read);
    expect(read[0]?.total.count).toBe(120);
  });

  test("follow what changes afterwards, at once and after the next sweep", async () => {
    const random = seededRandom(8);
    for (let index = 0; index < 40; index += 1) await saveDelegation(db, ...entry("changed", index, random));
    await saveDelegation(
      db,
      delegationRow({ workspace: "changed", task_id: "late", created_at: FIRST_DAY * DAY_MS, cost_nanos: null, attempts: 1 }),
      [attemptRow({ cost_nanos: null, cost_max_nanos: null })],
    );
    await roll();
    const before = await costs(db, "changed", ["provider"], {});
    const ended = { status: "completed", usage_final: true, cost_nanos: 777, cost_max_nanos: 777 } as const;
    await saveDelegation(
      db,
      delegationRow({ workspace: "changed", task_id: "late", version: 2, created_at: FIRST_DAY * DAY_MS, attempts: 1, ...ended }),
      [attemptRow(ended)],
    );
    await saveDelegation(
      db,
      delegationRow({ workspace: "changed", task_id: "back-dated", created_at: (FIRST_DAY + 1) * DAY_MS }),
      [],
    );
    expect(await rolled("changed")).toMatchObject([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    const after = await reports("changed");
    expect((await costs(db, "changed", ["provider"], {})).total.total_nanos).toBe((before.total.total_nanos ?? 0) + 777);
    await roll();
    expect(await rolled("changed")).toMatchObject([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    expect(await reports("changed")).toEqual(after);
  });

  test("follow a delegation that changes without its attempts", async () => {
    const row = { workspace: "alone", task_id: "a", created_at: FIRST_DAY * DAY_MS, source: "recorded" };
    await saveDelegation(db, delegationRow({ ...row, cost_nanos: 5 }), []);
    await roll();
    await saveDelegation(db, delegationRow({ ...row, version: 2, cost_nanos: 9 }), []);
    expect((await costs(db, "alone", [], {})).total.total_nanos).toBe(9);
  });

  test("stay when delegations are deleted, and need not be summed up anew", async () => {
    const random = seededRandom(9);
    for (let index = 0; index < 20; index += 1) await saveDelegation(db, ...entry("deleted", index, random));
    await roll();
    const before = [await reports("deleted"), await rolled("deleted")];
    for (let index = 0; index < 20; index += 1) await markDeleted(db, "deleted", `t${index}`, 1);
    expect([await reports("deleted"), await rolled("deleted")]).toEqual(before);
  });

  test("of one workspace are not another's", async () => {
    await saveDelegation(
      db,
      delegationRow({ workspace: "one-of-two", task_id: "a", created_at: FIRST_DAY * DAY_MS, attempts: 0 }),
      [],
    );
    await saveDelegation(
      db,
      delegationRow({ workspace: "two-of-two", task_id: "a", created_at: FIRST_DAY * DAY_MS, attempts: 0 }),
      [],
    );
    await roll();
    expect((await costs(db, "one-of-two", [], {})).total.count).toBe(1);
  });
});

describe("costs of a property", () => {
  test("are to the nano those of its delegations alone, for all groups, filters and spans, indexed or not", async () => {
    await forgetHistory();
    const random = seededRandom(10);
    for (let index = 0; index < 60; index += 1) {
      const [row, attempts] = entry("propertied", index, random);
      const completed_at = (TODAY + (index < 30 ? 1 : 2)) * DAY_MS;
      // The index tells numbers apart by their whole part only.
      const team = index % 2 === 0 ? 7 : 7.5;
      await saveDelegation(db, { ...row, completed_at, properties: { team } }, attempts);
      if (team === 7) await saveDelegation(db, { ...row, workspace: "seven-alone" }, attempts);
    }
    const alone = await reports("seven-alone");
    const ofTeam = () =>
      Promise.all(
        GROUPS.flatMap((by) => FILTERS.map((filters) => costs(db, "propertied", by, { ...filters, properties: { team: "7" } }))),
      );
    expect(alone[0]?.total.count).toBe(30);
    for (const days of [0, 1, 2]) {
      await indexHistory(db, (TODAY + days) * DAY_MS + 100_000);
      const { results } = await env.DB.prepare("select task_id from history where workspace = 'propertied'").all();
      expect(results.length).toBe(30 * days);
      expect(await ofTeam()).toEqual(alone);
    }
  });
});
