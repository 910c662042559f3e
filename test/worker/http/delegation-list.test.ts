import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { saveDelegation } from "../../../src/db/save-delegation.ts";
import { STATUSES } from "../../../src/delegations/delegation.ts";
import type { DelegationSummary } from "../../../src/http/delegation-summary.ts";
import { indexHistory } from "../../../src/sweep/index-history.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { forgetHistory } from "../../support/forget-history.ts";
import { delegationRow } from "../db/rows.ts";

type Page = { data: DelegationSummary[]; next_cursor: string | null };

const db = createDatabase(env.DB);
const BATCH = "batch-of-the-list-test";
const list = (query: string) => call<Page>("GET", `/v1/delegations?batch_id=${BATCH}${query}`);
const refused = (query: string) => call<ProblemBody>("GET", `/v1/delegations?${query}`);
const save = (task_id: string, changes: object = {}) =>
  saveDelegation(db, delegationRow({ workspace: "default", task_id, batch_id: BATCH, ...changes }), []);
const propertyFilters = (count: number) => Array.from({ length: count }, (_, index) => `property.a${index}=1`).join("&");
const idsIn = (page: Page) => page.data.map(({ task_id }) => task_id);

beforeAll(async () => {
  for (let index = 0; index < 5; index += 1) {
    await save(`listed-${index}`, {
      created_at: 1_000 * index,
      cost_nanos: index === 2 ? null : 1_000_000 * index,
      properties: { index },
    });
  }
  await save("listed-failed", {
    created_at: 9_000,
    status: "failed",
    error_code: "timeout",
    error_message: "took too long",
    properties: null,
  });
});

describe("GET /v1/delegations", () => {
  test("gives the newest first, as records with previews in place of texts", async () => {
    const { status, body } = await list("&limit=2");
    expect(status).toBe(200);
    expect(idsIn(body)).toEqual(["listed-failed", "listed-4"]);
    expect(body.data[0]).toMatchObject({
      status: "failed",
      error: { code: "timeout", message: "took too long" },
      properties: {},
    });
    expect(body.data[1]).toMatchObject({
      created_at: "1970-01-01T00:00:04.000Z",
      cost: 0.004,
      cost_nanos: 4_000_000,
      prompt_preview: "a prompt",
      usage: { input_tokens: 0 },
    });
    expect(Object.keys(body.data[1] ?? {})).not.toEqual(expect.arrayContaining(["workspace", "version", "prompt"]));
  });

  test("the cursor leads through all pages to the end", async () => {
    for (const sort of ["-created_at", "created_at", "-cost", "cost", "-completed_at", "completed_at"]) {
      const whole = idsIn((await list(`&sort=${sort}`)).body);
      const seen: string[] = [];
      let page = (await list(`&sort=${sort}&limit=2`)).body;
      seen.push(...idsIn(page));
      while (page.next_cursor !== null) {
        page = (await list(`&sort=${sort}&limit=2&cursor=${page.next_cursor}`)).body;
        seen.push(...idsIn(page));
      }
      expect([sort, seen]).toEqual([sort, whole]);
      expect(seen).toHaveLength(6);
    }
  });

  test("a last page that is full has no cursor", async () => {
    expect((await list("&limit=6")).body).toMatchObject({ data: { length: 6 }, next_cursor: null });
    expect((await list("&limit=5")).body.next_cursor).not.toBeNull();
  });

  test("filters by cost in dollars, by property and by several statuses", async () => {
    expect(idsIn((await list("&min_cost=0.003")).body)).toEqual(["listed-4", "listed-3"]);
    expect(idsIn((await list("&property.index=3")).body)).toEqual(["listed-3"]);
    expect(idsIn((await list("&status=failed,cancelled")).body)).toEqual(["listed-failed"]);
    expect(idsIn((await list("&created_after=1970-01-01T00:00:03Z&created_before=1970-01-01T01:00:04%2B01:00")).body)).toEqual([
      "listed-3",
    ]);
  });

  test("a status that is repeated counts once", async () => {
    expect(idsIn((await list(`&status=${"completed,".repeat(300)}failed`)).body)).toEqual(["listed-failed"]);
  });

  test.each([11, 60])("%i filters on properties are 400 and told the limit", async (count) => {
    const { status, body } = await refused(propertyFilters(count));
    expect([status, body.errors]).toEqual([400, [{ path: "property", message: expect.stringContaining("at most 10") }]]);
  });

  test("takes ten filters on properties, with every other filter", async () => {
    const others = `&agent=a&provider=claude&model=m&task_type=TESTING&flow_id=f&parent_task_id=p&source=run&min_cost=1&status=${STATUSES}`;
    const span = "&created_after=1970-01-01T00:00:00Z&created_before=1971-01-01T00:00:00Z";
    expect((await list(`&${propertyFilters(10)}${others}${span}`)).status).toBe(200);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=ten", "limit"],
    ["sort=prompt", "sort"],
    ["status=done", "status.0"],
    ["status=", "status.0"],
    ["provider=grok", "provider"],
    ["task_type=COOKING", "task_type"],
    ["source=elsewhere", "source"],
    ["created_after=yesterday", "created_after"],
    ["created_after=2026-13-01T00:00:00Z", "created_after"],
    ["min_cost=-1", "min_cost"],
    ["min_cost=NaN", "min_cost"],
    ["agent=", "agent"],
    ["property.=x", "property."],
    ["property=x", "property"],
    ["q=", "q"],
    ["q=%22*%22%20-%20%5E", "q"],
    [`q=${"x".repeat(201)}`, "q"],
    [`q=${"a+".repeat(11)}`, "q"],
    ["workspace=other", "workspace"],
    ["cursor=", "cursor"],
    ["property.__proto__=1", "property.__proto__"],
    ["property.constructor=1&property.__proto__=1", "property.__proto__"],
  ])("%s is 400 and names the parameter", async (query, path) => {
    const { status, body } = await refused(query);
    expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
  });
});

describe("a search", () => {
  const WORDS = "words-of-the-list-test";
  const found = async (query: string) => {
    const { status, body } = await call<Page>("GET", `/v1/delegations?batch_id=${WORDS}&${query}`);
    return [status, idsIn(body)];
  };
  const texts = {
    "listed-word-1": "Réfactor the JWT middleware",
    "listed-word-2": "jwt, once more",
    "listed-word-3": "东京 is a city",
  };

  test("finds words in any case, with or without accents, whole and quoted, before and after the sweep", async () => {
    await forgetHistory();
    for (const [task_id, prompt_preview] of Object.entries(texts)) {
      await save(task_id, { batch_id: WORDS, prompt_preview, status: "completed", completed_at: 9_999 });
    }
    for (const moment of ["before", "after"]) {
      expect([moment, await found("q=JWT+middleware")]).toEqual([moment, [200, ["listed-word-1"]]]);
      expect([moment, await found("q=jwt&sort=created_at")]).toEqual([moment, [200, ["listed-word-1", "listed-word-2"]]]);
      expect([moment, await found("q=jwt+OR+city")]).toEqual([moment, [200, []]]);
      expect([moment, await found("q=%22JWT")]).toEqual([moment, [200, ["listed-word-2", "listed-word-1"]]]);
      expect([moment, await found("q=东京")]).toEqual([moment, [200, ["listed-word-3"]]]);
      await indexHistory(createDatabase(env.DB), 100_000);
    }
    expect(await found("q=refactor")).toEqual([200, ["listed-word-1"]]);
    expect(await found("q=refact")).toEqual([200, []]);
  });
});

describe("a stored row that cannot be read", () => {
  const pages = (query = "") => call<Page>("GET", `/v1/delegations?batch_id=unreadable-rows${query}`);
  const spoil = (task_id: string, column: string, value: unknown) =>
    env.DB.prepare(`update delegations set ${column} = ? where workspace = 'default' and task_id = ?`).bind(value, task_id).run();

  beforeAll(async () => {
    await save("sound", { batch_id: "unreadable-rows", created_at: 1_000, properties: { team: "red" } });
    for (const task_id of ["spoilt", "spoilt-status", "spoilt-times"])
      await save(task_id, { batch_id: "unreadable-rows", cost_nanos: 7, error_code: "timeout", properties: { team: "red" } });
    await spoil("spoilt", "properties", "{not json");
    await spoil("spoilt", "outcome", "half");
    await spoil("spoilt", "tokens_used", "many");
    await spoil("spoilt-status", "status", "sleeping");
    await spoil("spoilt-times", "started_at", "yesterday");
    await spoil("spoilt-times", "completed_at", 1e18);
    await spoil("spoilt-times", "cost_max_nanos", "much");
  });

  test("is shown as far as it can be, and takes no other with it", async () => {
    const { status, body } = await pages("&sort=created_at");
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      { task_id: "sound", properties: { team: "red" } },
      { task_id: "spoilt", outcome: null, tokens_used: 0, properties: {}, cost_nanos: 7, error: { code: "timeout" } },
      { task_id: "spoilt-status", status: "failed", cost_nanos: 7, error: { code: "unreadable" } },
      { task_id: "spoilt-times", started_at: null, completed_at: null, cost_max: null, cost_nanos: 7 },
    ]);
  });

  test("is passed over by a filter on its properties, when these or its status are what cannot be read", async () => {
    const { status, body } = await pages("&property.team=red&sort=created_at");
    expect([status, idsIn(body)]).toEqual([200, ["sound", "spoilt-times"]]);
  });

  test("is named in the log, with its columns and nothing of them", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await pages();
    const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)));
    logged.mockRestore();
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line["depute.task_id"] === "spoilt")).toEqual({
      level: "error",
      message: "a row of the list cannot be read in full",
      "depute.task_id": "spoilt",
      fields: expect.stringMatching(/^(?:(?:properties|outcome|tokens_used)(?:, )?){3}$/),
    });
  });
});

describe("a cursor", () => {
  const cursorFor = async (query: string) => (await list(query)).body.next_cursor ?? "";

  test("with any character changed is 400", async () => {
    const cursor = await cursorFor("&limit=2");
    for (let index = 0; index < cursor.length; index += 1) {
      const other = cursor[index] === "A" ? "B" : "A";
      const { status, body } = await refused(
        `batch_id=${BATCH}&limit=2&cursor=${cursor.slice(0, index)}${other}${cursor.slice(index + 1)}`,
      );
      expect([index, status, body.errors?.[0]?.path]).toEqual([index, 400, "cursor"]);
    }
  });

  test.each(["&sort=cost", "&status=failed", "&min_cost=1", "&property.a=b"])("of another list than %s is 400", async (other) => {
    const cursor = await cursorFor("&limit=2");
    expect((await list(`${other}&cursor=${cursor}`)).status).toBe(400);
  });

  test("works with another limit", async () => {
    expect((await list(`&limit=4&cursor=${await cursorFor("&limit=2")}`)).body.data).toHaveLength(4);
  });

  test.each(["x", "bnVsbA", "W10", "WzEsMiwzXQ", "%00", "💥"])("%j, which no list gave, is 400", async (cursor) => {
    expect((await refused(`cursor=${encodeURIComponent(cursor)}`)).status).toBe(400);
  });
});
