import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { saveDelegation } from "../../../src/db/save-delegation.ts";
import { exportText } from "../../../src/http/export-text.ts";
import { call, type ProblemBody, send } from "../../support/api-client.ts";
import { freshId, runToEnd, specOf } from "../../support/delegation-object.ts";
import { delegationRow } from "../db/rows.ts";

const db = createDatabase(env.DB);
const BATCH = "batch-of-the-export-test";
const TOTAL = 1_203;
const exported = (query = "", headers: { [name: string]: string } = {}) =>
  send("GET", `/v1/export?batch_id=${BATCH}${query}`, { headers });
const idsIn = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).task_id);
const ALL = Array.from({ length: TOTAL }, (_, index) => `exported-${index}`).reverse();

beforeAll(async () => {
  const save = (index: number) =>
    saveDelegation(
      db,
      delegationRow({
        workspace: "default",
        task_id: `exported-${index}`,
        batch_id: BATCH,
        created_at: 1_000 + index,
        status: "completed",
        completed_at: 5_000,
        agent: index === 7 ? "=cmd()" : "coder",
        prompt_preview: 'a "quoted", text',
        properties: { team: "red" },
      }),
      [],
    );
  for (let from = 0; from < TOTAL; from += 100) {
    await Promise.all(Array.from({ length: Math.min(100, TOTAL - from) }, (_, index) => save(from + index)));
  }
});

/** None has an object: the sweep of other tests would have to come to each. */
afterAll(() => env.DB.prepare("delete from delegations where batch_id = ?").bind(BATCH).run());

describe("GET /v1/export", () => {
  test("is all of the history as NDJSON, a delegation a line, newest first", async () => {
    const response = await exported();
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    expect(response.headers.get("depute-next-cursor")).toBeNull();
    const text = await response.text();
    expect(idsIn(text)).toEqual(ALL);
    const { body } = await call<{ data: unknown[] }>("GET", `/v1/delegations?batch_id=${BATCH}&limit=1`);
    expect(JSON.parse(text.split("\n")[0] ?? "")).toEqual(body.data[0]);
  });

  test.each<[string, { [name: string]: string }]>([
    ["&format=csv", {}],
    ["", { accept: "text/csv" }],
  ])("is CSV when it is asked for: %s %j", async (query, headers) => {
    const response = await exported(query, headers);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const lines = (await response.text()).split("\r\n");
    expect(lines).toHaveLength(TOTAL + 2);
    expect(lines[0]).toMatch(/^task_id,agent,status,created_at,/);
    expect(lines[1]).toMatch(/^exported-1202,coder,completed,1970-01-01T00:00:02.202Z,/);
    expect(lines[1]).toContain('"a ""quoted"", text"');
    expect(lines[1]).toContain('"{""team"":""red""}"');
  });

  test("defuses what a spreadsheet would run", async () => {
    const lines = (await (await exported("&format=csv&agent=%3Dcmd()")).text()).split("\r\n");
    expect(lines[1]).toMatch(/^exported-7,'=cmd\(\),/);
  });

  test("takes the filters of the list and a search", async () => {
    expect(idsIn(await (await exported("&agent=%3Dcmd()")).text())).toEqual(["exported-7"]);
    expect(idsIn(await (await exported("&q=quoted&created_before=1970-01-01T00:00:01.003Z")).text())).toEqual(ALL.slice(-3));
    expect(await (await exported("&status=failed")).text()).toBe("");
  });

  test("comes in pages, each with the cursor of the next one, and goes on where one ended", async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const response: Response = await exported(`&limit=500${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...idsIn(await response.text()));
      cursor = response.headers.get("depute-next-cursor");
    }
    expect(seen).toEqual(ALL);
    const first = await exported("&limit=3");
    await first.text();
    const rest = await exported(`&cursor=${first.headers.get("depute-next-cursor")}`);
    expect(idsIn(await rest.text())).toEqual(ALL.slice(3));
  });

  test.each([
    ["&limit=501", "limit"],
    ["&limit=0", "limit"],
    ["&format=xml", "format"],
    ["&include=everything", "include"],
    ["&cursor=nonsense", "cursor"],
    ["&sort=cost", "sort"],
    ["&q=%22", "q"],
  ])("%s is 400 and names the parameter", async (query, path) => {
    const { status, body } = await call<ProblemBody>("GET", `/v1/export?batch_id=${BATCH}${query}`);
    expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test("takes a cursor of other filters for an error", async () => {
    const first = await exported("&limit=3");
    await first.text();
    const { status } = await call("GET", `/v1/export?limit=3&cursor=${first.headers.get("depute-next-cursor")}`);
    expect(status).toBe(400);
  });

  test("adds the texts in full, from the delegations themselves; what is gone has none", async () => {
    const id = freshId();
    const long = "word ".repeat(1_000);
    await runToEnd({ ...specOf(id, simulate({ text: long }, `${id} ${long}`)), batch_id: id });
    const rowsOf = async () => (await call<{ data: unknown[] }>("GET", `/v1/delegations?batch_id=${id}`)).body.data.length;
    await expect.poll(rowsOf).toBe(1);
    await saveDelegation(
      db,
      delegationRow({ workspace: "default", task_id: `${id}-no-object`, batch_id: id, created_at: Date.now() + 1_000 }),
      [],
    );
    const lines = (await (await send("GET", `/v1/export?batch_id=${id}&include=bodies`)).text()).trim().split("\n");
    const [gone, whole] = lines.map((line) => JSON.parse(line));
    expect(gone).toMatchObject({ prompt: null, output: null });
    expect(whole).toMatchObject({ task_id: id, output: long, prompt: expect.stringContaining(long) });
    expect(whole.output_preview).toHaveLength(2_000);
    const csv = await (await send("GET", `/v1/export?batch_id=${id}&include=bodies&format=csv`)).text();
    expect(csv.split("\r\n")[0]).toMatch(/,prompt,output$/);
  });

  test("of texts has 500 lines at most, and says how to go on", async () => {
    const response = await exported("&include=bodies&limit=2");
    expect(idsIn(await response.text())).toEqual(ALL.slice(0, 2));
    expect(response.headers.get("depute-next-cursor")).not.toBeNull();
  });
});

describe("exportText", () => {
  test("reads no further than it is asked", async () => {
    const read: number[] = [];
    async function* pages() {
      for (let page = 0; page < 100; page += 1) {
        read.push(page);
        yield [];
      }
    }
    const text = exportText(pages(), false);
    await text.next();
    await text.next();
    await text.return(undefined);
    expect(read).toEqual([0, 1]);
  });
});
