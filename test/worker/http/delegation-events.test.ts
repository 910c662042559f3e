import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { DelegationEvent } from "../../../src/delegations/events.ts";
import { call, type ProblemBody, send } from "../../support/api-client.ts";
import { freshId } from "../../support/delegation-object.ts";

const path = (id: string, query = "") => `/v1/delegations/${id}/events${query}`;
const SSE = { accept: "text/event-stream" };

async function started(text: string, scenario: object = {}): Promise<string> {
  const task_id = freshId();
  await call("POST", "/v1/delegations", { body: { task_id, prompt: simulate({ text, ...scenario }, task_id) } });
  return task_id;
}

async function finished(text: string): Promise<string> {
  const id = await started(text);
  await call("GET", `/v1/delegations/${id}?wait=20`);
  return id;
}

/** The events of a whole event stream. */
async function streamed(response: Response): Promise<DelegationEvent[]> {
  const blocks = (await response.text()).split("\n\n").map((block) => block.split("\n").find((line) => line.startsWith("data:")));
  return blocks.filter((line) => line !== undefined).map((line) => JSON.parse(line.slice(5)));
}

describe("GET /v1/delegations/{task_id}/events", () => {
  test("as JSON: one object with what there is, in order and without gaps", async () => {
    const id = await finished("hello, world");
    const { body, headers } = await call<{ data: DelegationEvent[] }>("GET", path(id));
    expect(headers.get("content-type")).toBe("application/json");
    expect(body.data.map(({ seq }) => seq)).toEqual(body.data.map((_, index) => index + 1));
    expect(body.data.at(0)?.type).toBe("thread.started");
    expect(body.data.at(-1)?.type).toBe("thread.completed");
  });

  test("as NDJSON: the same, a line each", async () => {
    const id = await finished("hello");
    const json = await call<{ data: DelegationEvent[] }>("GET", path(id));
    const response = await send("GET", path(id), { headers: { accept: "application/x-ndjson" } });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(json.body.data);
  });

  test("as an event stream: live to the end, and the deltas add up to the output", async () => {
    const id = await started("streamed word by word, ünïcödé too", { delta_chars: 3, delay_ms: 5 });
    const response = await send("GET", path(id), { headers: SSE });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = await streamed(response);
    const deltas = events.flatMap((event) => (event.type === "item.updated" ? [event.delta] : []));
    expect(deltas.join("")).toBe("streamed word by word, ünïcödé too");
    expect(events.at(-1)?.type).toBe("thread.completed");
  });

  test.each(["application/json", "application/x-ndjson", "text/event-stream"])(
    "as %s: kept by no cache, and passed on by proxies as it comes",
    async (accept) => {
      const { headers, body } = await send("GET", path(await finished("hello")), { headers: { accept } });
      await body?.cancel();
      expect(headers.get("cache-control")).toBe("no-store, no-transform");
    },
  );

  test("Last-Event-ID goes on after it, before what after says; the end is 204", async () => {
    const id = await finished("hello");
    const all = (await call<{ data: DelegationEvent[] }>("GET", path(id))).body.data;
    const resumed = await send("GET", path(id, "?after=0"), { headers: { ...SSE, "Last-Event-ID": "2" } });
    expect((await streamed(resumed)).map(({ seq }) => seq)).toEqual(all.slice(2).map(({ seq }) => seq));
    const ended = await send("GET", path(id), { headers: { ...SSE, "Last-Event-ID": String(all.length) } });
    expect([ended.status, await ended.text()]).toEqual([204, ""]);
  });

  test("after the last event JSON is an empty list and NDJSON is empty", async () => {
    const id = await finished("hello");
    expect((await call("GET", path(id, "?after=999"))).body).toEqual({ data: [] });
    const lines = await send("GET", path(id, "?after=999"), { headers: { accept: "application/x-ndjson" } });
    expect([lines.status, await lines.text()]).toEqual([200, ""]);
  });

  test.each<[string, string, { [name: string]: string }]>([
    ["after", "?after=-1", {}],
    ["after", "?after=two", {}],
    ["Last-Event-ID", "", { "Last-Event-ID": "two" }],
    ["Last-Event-ID", "", { "Last-Event-ID": "-1" }],
  ])("a %s that is no number is 400", async (name, query, headers) => {
    const answer = await call<ProblemBody>("GET", path("some-id", query), { headers });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, name]);
  });
});
