import { afterAll, describe, expect, test } from "vitest";
import type { Scenario } from "../../simulator/scenario.ts";
import { simulate } from "../../simulator/simulate.ts";
import { startSimulator } from "../../simulator/simulator.ts";
import { copilotProvider, probeCopilot } from "../../src/providers/copilot.ts";
import type { PollOutcome, ProviderRequest } from "../../src/providers/provider.ts";
import { providerRequest } from "../support/provider-request.ts";

const simulator = await startSimulator();
afterAll(() => simulator.stop());

const account = (token = "contract-token") => ({
  token,
  apiUrl: simulator.url,
  repositories: ["acme/widgets"],
  defaultRepository: "acme/widgets",
});
const provider = copilotProvider(account());
const open = () => new AbortController().signal;

let asked = 0;
/** A request of its own, whose task plays the scenario. */
function requestFor(scenario: Scenario, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  const taskId = `copilot-${++asked}`;
  const repository = { owner: "acme", name: "widgets", create_pull_request: true };
  return providerRequest({ taskId, repository, ...changes, prompt: simulate(scenario, `Fix number ${asked}.`) });
}

/** Creates the task and polls it until it is over. */
async function outcomesOf(request: ProviderRequest): Promise<PollOutcome[]> {
  const handle = await provider.create(request, open());
  const outcomes: PollOutcome[] = [];
  while (outcomes.length < 10 && (outcomes.at(-1)?.state ?? "running") === "running") {
    outcomes.push(await provider.poll(handle, request, open()));
  }
  return outcomes;
}

const tasksOf = (request: ProviderRequest) =>
  simulator.journal().filter(({ prompt }) => prompt.endsWith(`\ndepute-task: ${request.taskId}/${request.attempt}`));

describe("copilot: task", () => {
  test("runs, tells its cost on the way, and ends with its pull request, model and final cost", async () => {
    const outcomes = await outcomesOf(
      requestFor({ text: "Prices round up now.", polls: 2, nano_credits: 250_000_050, model: "m-9" }),
    );
    expect(outcomes.map(({ state }) => state)).toEqual(["running", "running", "ended"]);
    expect(outcomes[0]).toMatchObject({ costNanos: 2_500_001, model: "m-9" });
    expect(outcomes[2]).toMatchObject({
      output: expect.stringMatching(
        /^Fix number \d+\.\n\nPrices round up now\.\n\nPull request: https:\/\/github\.com\/acme\/widgets\/pull\/\d+\nBranch: /,
      ),
      completion: { outcome: "completed", finish: "completed", costNanos: 2_500_001, usageFinal: true, model: "m-9" },
    });
  });

  test("without a pull request ends with its branch", async () => {
    const outcomes = await outcomesOf(requestFor({}, { repository: { owner: "acme", name: "widgets", base_ref: "dev" } }));
    const branch = /Branch: https:\/\/github\.com\/acme\/widgets\/tree\/copilot\/task-\d+ \(from dev\)/;
    expect(outcomes.at(-1)).toMatchObject({ state: "ended", output: expect.stringMatching(branch) });
    expect(outcomes.at(-1)).not.toMatchObject({ output: expect.stringContaining("Pull request:") });
  });

  test.each([
    ["failed", "provider_upstream"],
    ["timed_out", "timeout"],
    ["cancelled", "refused"],
    ["waiting_for_user", "provider_invalid_request"],
  ] as const)("that is %s fails with %s and keeps its cost", async (state, code) => {
    const outcomes = await outcomesOf(requestFor({ state, nano_credits: 100 }));
    expect(outcomes.at(-1)).toMatchObject({ state: "failed", costNanos: 1, error: { code, free: false } });
  });

  test("that is idle has ended", async () => {
    expect((await outcomesOf(requestFor({ state: "idle" }))).at(-1)).toMatchObject({ state: "ended" });
  });

  test("goes on when one poll fails", async () => {
    const request = requestFor({ fault: { kind: "error_event", after: 0 }, status: 503, retry_after: 3 });
    const handle = await provider.create(request, open());
    const first = provider.poll(handle, request, open());
    await expect(first).rejects.toMatchObject({ code: "provider_overloaded", retryAfterMs: 3_000 });
    expect(await provider.poll(handle, request, open())).toMatchObject({ state: "ended" });
  });
});

describe("copilot: create", () => {
  test.each<[string, Scenario, object]>([
    ["401", { status: 401 }, { code: "provider_auth", free: true }],
    ["402", { status: 402 }, { code: "provider_quota_exhausted", free: true }],
    ["403", { status: 403 }, { code: "provider_auth", free: true }],
    ["403 with Retry-After", { status: 403, retry_after: 9 }, { code: "provider_rate_limited", free: true, retryAfterMs: 9_000 }],
    ["403 with no credits left", { status: 403, error: "quota_exhausted" }, { code: "provider_quota_exhausted", free: true }],
    ["404", { status: 404 }, { code: "provider_auth", free: true }],
    ["422", { status: 422 }, { code: "provider_invalid_request", free: true }],
    ["429", { status: 429, retry_after: 2 }, { code: "provider_rate_limited", free: true, retryAfterMs: 2_000 }],
    ["500", { status: 500 }, { code: "provider_upstream", free: false }],
    ["503", { status: 503 }, { code: "provider_overloaded", free: false }],
  ])("answered %s", async (_what, scenario, expected) => {
    await expect(provider.create(requestFor(scenario), open())).rejects.toMatchObject(expected);
  });

  test("with a wrong token is an authentication failure, and so says the probe", async () => {
    const wrong = account("invalid-token");
    await expect(copilotProvider(wrong).create(requestFor({}), open())).rejects.toMatchObject({
      code: "provider_auth",
      free: true,
    });
    expect(await probeCopilot(wrong, open())).toMatchObject({ ok: false, code: "provider_auth" });
    expect(await probeCopilot(account(), open())).toEqual({ ok: true });
  });

  test.each(["drop", "close", "malformed"] as const)(
    "whose answer is lost (%s) is not free, and find has its task",
    async (kind) => {
      const request = requestFor({ fault: { kind, after: 0 } });
      await expect(provider.create(request, open())).rejects.toMatchObject({ code: "provider_upstream", free: false });
      const handle = await provider.find(request, open());
      expect(await provider.poll(handle ?? "", request, open())).toMatchObject({ state: "ended" });
      expect(tasksOf(request)).toHaveLength(1);
    },
  );

  test("that hangs lets go of the connection when aborted, and find has its task", async () => {
    const stop = new AbortController();
    const request = requestFor({ fault: { kind: "hang", after: 0 } });
    const create = provider.create(request, stop.signal);
    await expect.poll(() => tasksOf(request).length).toBe(1);
    stop.abort("timeout");
    await expect(create).rejects.toThrow();
    await expect.poll(() => tasksOf(request)[0]?.ended_by).toBe("aborted");
    expect(await provider.find(request, open())).toEqual(expect.any(String));
  });
});

describe("copilot: find", () => {
  test("tells the attempts of a task apart", async () => {
    const request = requestFor({});
    const handle = await provider.create(request, open());
    expect(await provider.find(request, open())).toBe(handle);
    expect(await provider.find({ ...request, attempt: 11 }, open())).toBeUndefined();
  });
});
