import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { send } from "../../support/api-client.ts";

const RUNS = { bodies: 10_000, requests: 2_000 };

const anything = fc.jsonValue({ maxDepth: 4 });
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const candidate = fc.constantFrom(
  { model: "claude-opus" },
  { provider: "codex", model: "gpt-4-turbo" },
  { provider: "gemini" },
  { model: "local/llama3" },
);

/** A valid body over the schema. `manual`: it is stored and waits, so that nothing runs. */
const valid = fc
  .record(
    {
      prompt: words,
      approval: fc.constant("manual"),
      task_type: fc.constantFrom("TESTING", "REFACTORING"),
      complexity: fc.constantFrom("LOW", "HIGH"),
      system: words,
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      max_output_tokens: fc.integer({ min: 1, max: 1_000_000 }),
      max_thinking_budget: fc.integer({ min: 0, max: 1_000_000 }),
      output_json: fc.boolean(),
      output_schema: fc.constant({ type: "object" }),
      sandbox: fc.constant("read-only"),
      full_auto: fc.boolean(),
      timeout: fc.integer({ min: 1, max: 840 }),
      deadline: fc.integer({ min: 1, max: 86_400 }),
      fallbacks: fc.array(candidate, { maxLength: 10 }),
      max_attempts: fc.integer({ min: 1, max: 10 }),
      properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), anything, { maxKeys: 5 }),
      parent_task_id: fc.constantFrom("task-1", null),
    },
    { requiredKeys: ["prompt", "approval"] },
  )
  .chain((body) => candidate.map((first) => ({ ...body, ...first })));

const wrong: { [field: string]: fc.Arbitrary<unknown> } = {
  prompt: fc.oneof(fc.constant(""), anything),
  task_id: fc.oneof(text, fc.constant("a".repeat(129)), anything),
  provider: fc.constantFrom("grok", "copilot", "", 7, null),
  model: fc.oneof(text, fc.constantFrom("claude-opsu", "local/", "/", "__proto__", "constructor")),
  repository: fc.constantFrom({ owner: "acme", name: "widgets" }, { owner: "..", name: "x" }, {}),
  fallbacks: fc.oneof(fc.array(anything, { maxLength: 12 }), fc.constant([{ provider: "copilot" }]), fc.constant([{}])),
  properties: fc.oneof(fc.dictionary(text, anything, { minKeys: 20, maxKeys: 40 }), anything),
  output_schema: fc.oneof(fc.dictionary(text, anything), fc.constant({ type: "array" })),
  temperature: fc.oneof(fc.double(), anything),
  timeout: fc.oneof(fc.maxSafeInteger(), fc.double(), anything),
};

/** A valid body with one to three fields made wrong (or, by chance, valid in another way), or unknown. */
const mutated = fc
  .tuple(valid, fc.uniqueArray(fc.constantFrom(...Object.keys(wrong), "unknown"), { minLength: 1, maxLength: 3 }))
  .chain(([body, fields]) =>
    fc
      .tuple(...fields.map((field) => (wrong[field] ?? anything).map((value) => [field, value])))
      .map((changes) => ({ ...body, ...Object.fromEntries(changes) })),
  );

const json = fc
  .oneof({ weight: 8, arbitrary: mutated }, { weight: 1, arbitrary: valid }, { weight: 2, arbitrary: anything })
  .map((value) => JSON.stringify(value));
const rubbish = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.tuple(json, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1))),
  fc
    .tuple(json, fc.nat(), fc.string({ unit: "binary", minLength: 1, maxLength: 3 }))
    .map(([whole, at, noise]) => whole.slice(0, at % whole.length) + noise + whole.slice(at % whole.length)),
);
const body = fc.oneof({ weight: 5, arbitrary: json }, { weight: 2, arbitrary: rubbish });

const wild = fc.oneof(
  text,
  fc.constantFrom("", "0", "-1", "1e999", "null", "a,b", "2026-11-22T00:00:00Z", "%00", "../x", "nobody-1", "nobody-2"),
);
const queryNames = fc.constantFrom(
  "status",
  "agent",
  "provider",
  "model",
  "created_after",
  "min_cost",
  "property.a",
  "sort",
  "limit",
  "cursor",
  "wait",
  "after",
  "group_by",
  "probes",
  "x",
);
const request = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
  path: fc.oneof(
    fc.constantFrom("/v1/delegations", "/v1/costs", "/v1/models", "/v1/providers", "/health", "/v1"),
    fc
      .tuple(wild, fc.constantFrom("", "/events", "/cancel", "/retry", "/approve", "/reject", "/x"))
      .map(([id, verb]) => `/v1/delegations/${encodeURIComponent(id)}${verb}`),
  ),
  query: fc.array(fc.tuple(queryNames, wild), { maxLength: 3 }),
  headers: fc.record(
    { "idempotency-key": fc.stringMatching(/^[ -~]{0,20}$/), "last-event-id": fc.stringMatching(/^[ -~]{0,5}$/) },
    { requiredKeys: [] },
  ),
});

const objectIds = async () => new Set((await listDurableObjectIds(env.DELEGATIONS)).map(String));
/** Of what was created since; a row of an earlier file's test may still be on its way. */
const rowsSince = (since: number) =>
  env.DB.prepare("select count(*) as count from delegations where created_at >= ?").bind(since).first<number>("count");

const idOf = (taskId: string) => String(env.DELEGATIONS.idFromName(`default/${taskId}`));

/** The platform lists an object that was only asked; what counts is that it holds nothing. */
const storedKeys = (id: string) =>
  runInDurableObject(env.DELEGATIONS.get(env.DELEGATIONS.idFromString(id)), (_object, state) =>
    [...state.storage.kv.list()].map(([key]) => key),
  );

describe("bad input", () => {
  test(`${RUNS.bodies} bodies: never a fault of ours, and what is refused leaves nothing behind`, async () => {
    const [objects, since] = [await objectIds(), Date.now()];
    const accepted = new Set<string>();
    let refusals = 0;
    const property = fc.asyncProperty(body, async (sent) => {
      const response = await send("POST", "/v1/delegations", { body: sent });
      const answer = (await response.json()) as { task_id: string; code: string };
      if (response.ok) accepted.add(answer.task_id);
      else refusals += 1;
      expect(response.status).toBeLessThan(500);
      expect(response.ok || answer.code !== undefined).toBe(true);
    });
    await fc.assert(property, { numRuns: RUNS.bodies });
    expect(refusals).toBeGreaterThan(RUNS.bodies / 2);
    expect(accepted.size).toBeGreaterThan(RUNS.bodies / 50);
    const kept = new Set([...accepted].map(idOf));
    const refused = [...(await objectIds())].filter((id) => !objects.has(id) && !kept.has(id));
    for (const id of refused) expect(await storedKeys(id)).toEqual([]);
    await expect.poll(() => rowsSince(since)).toBe(accepted.size);
  });

  test(`${RUNS.requests} requests of other kinds: never a fault of ours, nothing stored`, async () => {
    const [objects, since] = [await objectIds(), Date.now()];
    const property = fc.asyncProperty(request, async ({ method, path, query, headers }) => {
      const init = method === "GET" ? { headers } : { headers, body: "{}" };
      const response = await send(method, `${path}?${new URLSearchParams(query)}`, init);
      await response.body?.cancel();
      expect([method, path, response.status < 500]).toEqual([method, path, true]);
    });
    await fc.assert(property, { numRuns: RUNS.requests });
    const asked = [...(await objectIds())].filter((id) => !objects.has(id));
    for (const id of asked) expect(await storedKeys(id)).toEqual([]);
    expect(await rowsSince(since)).toBe(0);
  });
});
