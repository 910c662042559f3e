import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { JournalEntry, Scenario } from "../../../simulator/scenario.ts";
import { simulate } from "../../../simulator/simulate.ts";
import { startSimulator } from "../../../simulator/simulator.ts";

const simulator = await startSimulator({ fast: true });
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

const post = (path: string, body: object, init: RequestInit = {}): Promise<Response> =>
  fetch(`${simulator.url}${path}`, { method: "POST", body: JSON.stringify(body), ...init });
const chat = (prompt: string, init?: RequestInit): Promise<Response> =>
  post("/v1/chat/completions", { model: "m", messages: [{ role: "user", content: prompt }] }, init);
const textOf = async (response: Response): Promise<unknown> => {
  const { choices } = (await response.json()) as { choices: { message: { content: unknown } }[] };
  return choices[0]?.message.content;
};

describe("startSimulator", () => {
  test("plays a list of scenarios whichever vendor is asked", async () => {
    const prompt = simulate([{ status: 503 }, { text: "second call succeeds" }]);
    const first = await post("/v1/messages", { model: "m", messages: [{ role: "user", content: prompt }] });
    expect(first.status).toBe(503);
    expect(await textOf(await chat(prompt))).toBe("second call succeeds");
  });

  test("keeps an idle connection for longer than any client that calls again on it", async () => {
    const response = await chat("x");
    expect(response.headers.get("keep-alive")).toBe("timeout=60");
    await response.body?.cancel();
  });

  test("says what is wrong with a scenario in the vendor's own words", async () => {
    const response = await chat('@simulate {"txt":"typo"}');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { type: "invalid_request_error", message: expect.stringMatching(/txt/) },
    });
  });

  test.each([
    ["/v1/messages", { authorization: "Bearer invalid" }],
    ["/v1/responses", { authorization: "Bearer sk-invalid" }],
    ["/v1beta/models/g:generateContent", { "x-goog-api-key": "invalid" }],
    ["/agents/repos/acme/widgets/tasks", { authorization: "Bearer invalid" }],
  ])("refuses a key that says invalid at %s", async (path, headers) => {
    expect((await post(path, { prompt: "" }, { headers })).status).toBe(401);
  });

  test.each([
    ["/v1/models", { "anthropic-version": "2026-10-21" }, { has_more: false, first_id: "claude-opus-5-5" }],
    ["/v1/models", {}, { object: "list", data: expect.arrayContaining([expect.objectContaining({ object: "model" })]) }],
    ["/v1beta/models", {}, { models: expect.arrayContaining([expect.objectContaining({ name: "models/gemini-4-neon" })]) }],
    ["/user", {}, { login: "simulated" }],
  ])("answers the probe %s with %o, unless the key says invalid", async (path, headers, expected) => {
    const response = await fetch(`${simulator.url}${path}`, { headers: { ...headers } });
    expect(await response.json()).toMatchObject(expected);
    const refused = await fetch(`${simulator.url}${path}`, { headers: { ...headers, authorization: "Bearer invalid" } });
    expect([response.status, refused.status]).toEqual([200, 401]);
    expect(simulator.journal()).toEqual([]);
  });

  test("leaves to aimock what no dialect speaks", async () => {
    const response = await post("/v1/embeddings", { model: "text-embedding-3-small", input: "hello" });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ object: "list", data: [{ object: "embedding" }] });
  });

  test("stops at once while answers are still being sent", async () => {
    const other = await startSimulator();
    const body = {
      model: "m",
      stream: true,
      messages: [{ role: "user", content: simulate({ fault: { kind: "hang", after: 0 } }) }],
    };
    const response = await fetch(`${other.url}/v1/messages`, { method: "POST", body: JSON.stringify(body) });
    const rest = response.text();
    await other.stop();
    await expect(rest).rejects.toThrow();
  });
});

describe("the journal", () => {
  test("has the request whole", async () => {
    await chat("Why?", { headers: { authorization: "Bearer k" } });
    expect(simulator.journal()).toMatchObject([
      {
        vendor: "openai-chat",
        method: "POST",
        path: "/v1/chat/completions",
        model: "m",
        prompt: "Why?",
        body: { model: "m", messages: [{ role: "user", content: "Why?" }] },
        headers: { authorization: "Bearer k" },
        status: 200,
        ended_by: "answered",
      },
    ]);
  });

  test.each<Scenario>([
    { headers_ms: 600_000 },
    { text: "a", first_ms: 600_000 },
    { text: "ab", delta_chars: 1, delay_ms: 600_000 },
  ])("says promptly that the client left, under %j", async (scenario) => {
    const leaving = new AbortController();
    const body = { model: "m", stream: true, messages: [{ role: "user", content: simulate(scenario) }] };
    const response = post("/v1/messages", body, { signal: leaving.signal });
    await expect.poll(() => simulator.inFlight()).toBe(1);
    leaving.abort();
    await expect(response.then((answer) => answer.text())).rejects.toThrow();
    await expect.poll(() => simulator.journal()[0]?.ended_by).toBe("aborted");
    expect(simulator.inFlight()).toBe(0);
  });

  test("counts the most requests that were in flight at once", async () => {
    const prompts = [1, 2, 3, 4].map((number) => simulate({ text: "x", headers_ms: 1_000 }, String(number)));
    await Promise.all(prompts.map((prompt) => chat(prompt)));
    expect(simulator.maxInFlight()).toBe(4);
    expect(simulator.inFlight()).toBe(0);
  });
});

describe("/__simulator", () => {
  const control = async (command: string, method = "GET"): Promise<unknown> =>
    (await fetch(`${simulator.url}/__simulator/${command}`, { method })).json();

  test("GET journal lists what came after a number", async () => {
    await chat("one");
    const [first] = (await control("journal")) as JournalEntry[];
    await chat("two");
    expect(await control(`journal?after=${first?.number}`)).toMatchObject([{ prompt: "two" }]);
  });

  test("GET stats counts prompts and not itself", async () => {
    await chat("one");
    expect(await control("stats")).toEqual({ in_flight: 0, max_in_flight: 1, total: 1 });
  });

  test("POST reset forgets the journal and what was played", async () => {
    const prompt = simulate([{ text: "first" }, { text: "second" }]);
    await chat(prompt);
    await control("reset", "POST");
    expect(await control("journal")).toEqual([]);
    expect(await textOf(await chat(prompt))).toBe("first");
  });
});
