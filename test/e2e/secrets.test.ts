import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { DelegationInput } from "../../src/delegations/delegation.ts";
import { callsFor } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

const OWNER = "owner-key-not-to-be-seen-anywhere";
const KEYS = {
  ANTHROPIC_API_KEY: "anthropic-key-not-to-be-seen",
  OPENAI_API_KEY: "openai-key-not-to-be-seen-invalid",
  GEMINI_API_KEY: "gemini-key-not-to-be-seen",
  COPILOT_GITHUB_TOKEN: "github-token-not-to-be-seen",
};

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start({ ...KEYS, LOG_LEVEL: "info" });
});
afterAll(() => server[Symbol.asyncDispose]());

describe("what the server prints", () => {
  test("holds no prompt, no output and no key, whatever goes wrong", async () => {
    const word = marker();
    const input = (plan: Parameters<typeof simulate>[0], fields: Partial<DelegationInput> = {}): DelegationInput => ({
      provider: "claude",
      max_attempts: 1,
      system: `${word} system`,
      properties: { note: `${word} property` },
      ...fields,
      prompt: simulate(plan, `${word} prompt`),
    });
    const answer = { text: `${word} output` };
    const ending = [
      input(answer),
      input({ ...answer, fault: { kind: "malformed", after: 1 } }),
      input({ ...answer, fault: { kind: "drop", after: 1 } }),
      input({ ...answer, fault: { kind: "error_event", after: 1 } }),
      input({ status: 400 }),
      input({ status: 500 }, { provider: "gemini" }),
      input(answer, { provider: "codex" }),
      input(answer, { output_json: true }),
    ];
    const tasks = await Promise.all(ending.map((each) => server.client.delegate(each)));
    const finals = await Promise.all(tasks.map(({ task_id }) => server.client.final(task_id)));
    expect(finals.map(({ status }) => status).sort()).toEqual(["completed", ...Array(7).fill("failed")]);
    const running = await server.client.delegate(input({ ...answer, repeat: 1_000, delay_ms: 50 }));
    await expect.poll(() => callsFor(server, { prompt: word }).length).toBe(ending.length + 1);
    await server.killRuntime();
    await server.client.final(running.task_id);
    for (const body of [`{"prompt": "${word}`, { prompt: word, [word]: 1 }, { prompt: word, model: word }]) {
      expect((await server.client.post(body)).status).toBe(400);
    }
    const unknown = await server.client.call("GET", "/v1/delegations", { headers: { authorization: `Bearer ${OWNER}` } });
    expect(unknown.status).toBe(401);
    await server.kill();
    await server.start();
    expect(server.output).toContain("depute is ready on");
    for (const line of ["an attempt ended", "a request was answered"]) expect(server.output).toContain(line);
    expect(server.output).not.toContain(word);
    expect(server.output).not.toContain("not-to-be-seen");
  });

  test("and what a caller is told of a vendor's refusal holds no key", async () => {
    const { task_id } = await server.client.delegate({ provider: "codex", prompt: "Say hello" });
    const refused = await server.client.final(task_id);
    expect(refused).toMatchObject({ status: "failed", error: { code: "provider_auth" } });
    const shown = [refused, await server.client.events(task_id), (await server.client.call("GET", "/v1/providers")).body];
    expect(JSON.stringify(shown)).not.toContain("not-to-be-seen");
  });
});
