import { env } from "cloudflare:workers";
import { afterAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { DAY_MS } from "../../../src/db/cost-days.ts";
import { type CostGroup, costs } from "../../../src/db/costs.ts";
import type { DelegationFilters } from "../../../src/db/delegation-filters.ts";
import { markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { indexHistory } from "../../../src/sweep/index-history.ts";
import { rollCosts } from "../../../src/sweep/roll-costs.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { entry, FILTERS, FIRST_DAY, TODAY } from "./random-books.ts";
import { delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const HOUR_MS = 3_600_000;

/** Other files' rows are in the same database: sweeps until no day of this workspace is due. */
async function rollUntilSummed(workspace: string, now = TODAY * DAY_MS + 1): Promise<void> {
  for (let sweep = 0; sweep < 50; sweep += 1) {
    await rollCosts(db, now);
    const { results } = await env.DB.prepare(
      "select 1 from cost_days where workspace = ?1 and day < ?2 and (rolled = 0 or properties_due <= ?3)",
    )
      .bind(workspace, TODAY - 1, now)
      .all();
    if (results.length === 0) return;
  }
  throw new Error("the days were not summed up");
}

const summed = async (workspace: string) =>
  (
    await env.DB.prepare(
      "select day, name || '=' || value as property, sum(count) as count from property_sums where workspace = ? and per_attempt = 0 group by 1, 2 order by 1, 2",
    )
      .bind(workspace)
      .all<{ day: number; property: string; count: number }>()
  ).results.map(({ day, property, count }) => [day - FIRST_DAY, property, count]);

/** `count` delegations of a day, each with these properties. */
async function fill(workspace: string, count: number, properties: { [name: string]: unknown }, day = FIRST_DAY): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const task_id = `${day}-${JSON.stringify(properties)}-${index}`;
    const row = { workspace, task_id, created_at: day * DAY_MS + index, source: "recorded", cost_nanos: 3, properties };
    await saveDelegation(db, delegationRow(row), []);
  }
}

/** Random books of `workspace`; those of each team are also in a workspace of its own. */
async function fillAlike(workspace: string): Promise<void> {
  const random = seededRandom(11);
  for (let index = 0; index < 800; index += 1) {
    const [row, attempts] = entry(workspace, index, random);
    const team = index % 40 === 0 ? "rare" : ["red", "red", true, "true"][Math.floor(random() * 4)];
    // A third of them are in the full-text index.
    row.completed_at = (TODAY + (index % 3 === 0 ? 0 : 1_000)) * DAY_MS;
    await saveDelegation(db, { ...row, properties: { team, ticket: `T-${index}`, number: 7 } }, attempts);
    await saveDelegation(db, { ...row, workspace: `${workspace}: ${team}` }, attempts);
  }
}

const KINDS: CostGroup[][] = [[], ["model"], ["agent", "day"], ["batch"]];
const reports = (workspace: string, also: DelegationFilters) =>
  Promise.all(
    KINDS.flatMap((by) => FILTERS.map(async (filters) => [by, filters, await costs(db, workspace, by, { ...filters, ...also })])),
  );

const idOf = (index: number): string => `${FIRST_DAY}-${JSON.stringify({ team: "red" })}-${index}`;

const spentOn = async (workspace: string, properties: { [name: string]: string }) =>
  (await costs(db, workspace, [], { properties })).total;

describe("costs of a property on days that are summed up", () => {
  test("are to the nano those of its delegations alone, for all filters and spans", async () => {
    await fillAlike("tagged");
    await indexHistory(db, (TODAY + 1) * DAY_MS);
    await rollUntilSummed("tagged");
    const rows = await summed("tagged");
    // Of the day before there are no sums within an hour; what few have, and numbers, have none at all.
    expect(rows.map(([day, property]) => `${day} ${property}`)).toEqual(
      [0, 1, 2, 3].flatMap((day) => [`${day} team=red`, `${day} team=true`]),
    );
    for (const team of ["red", "true", "rare"]) {
      const found = await reports("tagged", { properties: { team } });
      expect(found).toEqual(await reports(`tagged: ${team}`, {}));
    }
  });

  test("are summed up once most of the day's work has ended, an hour after it", async () => {
    await fill("hourly", 50, { team: "red" });
    await rollCosts(db, (FIRST_DAY + 1) * DAY_MS + HOUR_MS - 1);
    expect(await summed("hourly")).toEqual([]);
    await rollUntilSummed("hourly", (FIRST_DAY + 1) * DAY_MS + HOUR_MS);
    expect(await summed("hourly")).toEqual([[0, "team=red", 50]]);
  });

  test("tell the string of a number from the number, and read both where either is asked for", async () => {
    await fill("numbers", 50, { n: "7" });
    await fill("numbers", 50, { n: 7 });
    await fill("numbers", 50, { n: "7.0" });
    await rollUntilSummed("numbers");
    expect(await spentOn("numbers", { n: "7" })).toMatchObject({ count: 100, total_nanos: 300 });
    expect(await spentOn("numbers", { n: "7.0" })).toMatchObject({ count: 100, total_nanos: 300 });
  });

  test.each<[string, (workspace: string, id: string) => Promise<unknown>, number]>([
    ["was deleted", (workspace, id) => markDeleted(db, workspace, id, 1), 51],
    [
      "costs more after all",
      (workspace, task_id) =>
        saveDelegation(
          db,
          delegationRow({
            ...{ workspace, task_id, version: 2, created_at: FIRST_DAY * DAY_MS, source: "recorded" },
            ...{ cost_nanos: 1_000, properties: { team: "red" } },
          }),
          [],
        ),
      52,
    ],
    ["came later", (workspace) => fill(workspace, 1, { team: "red", late: "yes" }), 53],
  ])("follow a delegation that %s at once, and are made again a day later", async (why, change, count) => {
    const workspace = `follows: ${why}`;
    await fill(workspace, 52, { team: "red" });
    await fill(workspace, 52, { team: "red" }, FIRST_DAY + 1);
    await rollUntilSummed(workspace);
    const before = await spentOn(workspace, { team: "red" });
    await change(workspace, idOf(0));
    expect(await summed(workspace)).toEqual([[1, "team=red", 52]]);
    const after = await spentOn(workspace, { team: "red" });
    expect(after).not.toEqual(before);
    await rollUntilSummed(workspace);
    expect(await summed(workspace)).toEqual([[1, "team=red", 52]]);
    const due = env.DB.prepare("select properties_due from cost_days where workspace = ? and day = ?").bind(workspace, FIRST_DAY);
    await rollUntilSummed(workspace, (await due.first<number>("properties_due")) ?? 0);
    expect(await summed(workspace)).toEqual([
      [0, "team=red", count],
      [1, "team=red", 52],
    ]);
    expect(await spentOn(workspace, { team: "red" })).toEqual(after);
  });

  test("follow erasures without being made anew for each", async () => {
    await fill("erased", 52, { team: "red" });
    await rollUntilSummed("erased");
    const due = async () =>
      env.DB.prepare("select properties_due from cost_days where workspace = 'erased'").first<number | null>("properties_due");
    expect(await due()).toBeNull();
    await markDeleted(db, "erased", idOf(0), 1);
    const first = await due();
    await markDeleted(db, "erased", idOf(1), 2);
    expect(await due()).toBe(first);
    expect(await spentOn("erased", { team: "red" })).toMatchObject({ count: 50 });
    expect(await summed("erased")).toEqual([]);
  });
});

describe("costs of properties that have no sums", () => {
  const HITS = 50_001;
  const AT = 1_000 * DAY_MS;
  const rowid = "(?1 << 21) + value";
  afterAll(() => env.DB.prepare(`delete from history where rowid between ?1 << 21 and (?1 + 1) << 21`).bind(AT).run());

  test("are refused when more delegations have them than can be read, and the refusal names what to narrow", async () => {
    const facets = ["workspace=many", "property.a=x", "property.b=y"].map((facet) => `hex('${facet}')`).join(" || ' ' || ");
    await env.DB.prepare(
      `insert into history (rowid, workspace, task_id, facets) with recursive n (value) as (select 1 union all select value + 1 from n where value < ?2)
       select ${rowid}, 'many', value, ${facets} from n`,
    )
      .bind(AT, HITS)
      .run();
    const properties = { a: "x", b: "y" };
    await expect(costs(db, "many", [], { properties })).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringMatching(/more than 50,000 delegations.*created_after/),
    });
    expect((await costs(db, "many", [], { properties, created_after: AT + 1 })).total.count).toBe(0);
    await env.DB.prepare(`delete from history where rowid = (?1 << 21) + 1`).bind(AT).run();
    expect((await costs(db, "many", [], { properties })).total.count).toBe(0);
  });
});
