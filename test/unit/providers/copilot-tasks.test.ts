import { describe, expect, test } from "vitest";
import { copilotProvider } from "../../../src/providers/copilot.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { jsonReply, type WireReply, type WireRequest, WireServer } from "../../support/wire-server.ts";

const open = () => new AbortController().signal;
const repository = { owner: "Acme", name: "shop" };
const request = () => providerRequest({ model: "", repository });
const account = (apiUrl: string) => ({
  token: "ghu_1",
  apiUrl,
  repositories: ["acme/shop"],
  defaultRepository: undefined,
});
const copilot = (server: WireServer) => copilotProvider(account(server.baseUrl));
const github = (reply: WireReply | ((request: WireRequest) => WireReply)) => WireServer.playing(reply);

const branch = { provider: "github", type: "branch", data: { head_ref: "copilot/fix-1", base_ref: "main" } };
const task = (changes: object = {}) => ({
  id: "task-9",
  state: "in_progress",
  name: "Fix the cart",
  html_url: "https://github.com/copilot/tasks/task-9",
  created_at: "2026-11-22T10:00:00Z",
  ...changes,
});
const session = (changes: object = {}) => ({ id: "s1", state: "in_progress", created_at: "2026-11-22T10:00:00Z", ...changes });
const credits = (amount: number) => ({ type: "ai_credits", amount });

describe("copilotProvider.find", () => {
  /** GitHub with tasks that were asked these prompts, newest first. */
  const withPrompts = (prompts: readonly string[]) =>
    github(({ url }) => {
      const id = url.split("/tasks/")[1];
      if (id === undefined) return jsonReply(200, { tasks: prompts.map((_prompt, at) => task({ id: `task-${at}` })) });
      const prompt = prompts[Number(id.slice("task-".length))] ?? "";
      return prompt === "hidden"
        ? jsonReply(404, { message: "Not Found" })
        : jsonReply(200, task({ id, sessions: [session({ prompt })] }));
    });

  test("finds the task that carries the attempt's line, and no other attempt's", async () => {
    const lines = [
      "depute-task: task-1/11",
      "hidden",
      "x depute-task: task-1/1",
      "Do it.\r\n\r\ndepute-task: task-1/1\r\n",
      "later",
    ];
    await using server = await withPrompts(lines);
    expect(await copilot(server).find(request(), open())).toBe("task-3");
    expect(server.requests[0]?.url).toBe("/agents/repos/Acme/shop/tasks?per_page=40&sort=created_at&direction=desc");
  });

  test("finds none when no task carries it", async () => {
    await using server = await withPrompts(["a", "b"]);
    expect(await copilot(server).find(request(), open())).toBeUndefined();
    await using empty = await github(jsonReply(200, { tasks: [] }));
    expect(await copilot(empty).find(request(), open())).toBeUndefined();
  });

  test("looks through the 40 newest tasks and no more", async () => {
    await using server = await withPrompts(Array.from({ length: 60 }, () => "other"));
    expect(await copilot(server).find(request(), open())).toBeUndefined();
    expect(server.requests).toHaveLength(41);
  });

  test("a failure of GitHub is no absence, and not free: a task may have been left behind", async () => {
    await using server = await github(({ url }) =>
      url.includes("/tasks/") ? jsonReply(502, { message: "Bad gateway" }) : jsonReply(200, { tasks: [task()] }),
    );
    await expect(copilot(server).find(request(), open())).rejects.toMatchObject({ code: "provider_upstream", free: false });
  });
});

describe("copilotProvider.poll", () => {
  const polled = async (found: object, pulls: WireReply = jsonReply(200, [])) => {
    await using server = await github(({ url }) => (url.startsWith("/repos/") ? pulls : jsonReply(200, found)));
    const outcome = await copilot(server).poll("task-9", request(), open());
    return { outcome, urls: server.requests.map(({ url }) => url) };
  };

  test.each(["queued", "in_progress", "something_new"])(
    "a task that is %s goes on, with what it has cost so far",
    async (state) => {
      const { outcome, urls } = await polled(task({ state, sessions: [session({ model: "gpt-6.1-sol", usage: credits(101) })] }));
      expect(outcome).toMatchObject({ state: "running", costNanos: 2, model: "gpt-6.1-sol" });
      expect(urls).toEqual(["/agents/repos/Acme/shop/tasks/task-9"]);
    },
  );

  test("a task that says nothing of its cost has an unknown one", async () => {
    expect((await polled(task())).outcome).toMatchObject({ state: "running", costNanos: null, model: undefined });
  });

  test("a completed task tells what its pull request says, and where it is", async () => {
    const pull = { html_url: "https://github.com/Acme/shop/pull/12", title: "Fix the cart", body: "Rounds prices up.\n" };
    const sessions = [session({ model: "m-1", usage: credits(5_000_000_000) }), session({ model: "m-2", usage: credits(1) })];
    const { outcome, urls } = await polled(task({ state: "completed", artifacts: [branch], sessions }), jsonReply(200, [pull]));

    expect(outcome).toEqual({
      state: "ended",
      output: [
        "Fix the cart\n\nRounds prices up.",
        "Pull request: https://github.com/Acme/shop/pull/12\n" +
          "Branch: https://github.com/Acme/shop/tree/copilot/fix-1 (from main)\n" +
          "Task: https://github.com/copilot/tasks/task-9",
      ].join("\n\n"),
      completion: expect.objectContaining({
        outcome: "completed",
        finish: "completed",
        usageFinal: true,
        costNanos: 50_000_001,
        model: "m-2",
        requestId: "task-9",
      }),
    });
    expect(urls[1]).toBe("/repos/Acme/shop/pulls?head=Acme%3Acopilot%2Ffix-1&state=all&per_page=1");
  });

  test.each([
    ["there is none", jsonReply(200, [])],
    ["the token may not read them", jsonReply(403, { message: "Resource not accessible" })],
    ["GitHub fails", jsonReply(500, {})],
    ["the answer is odd", jsonReply(200, { pulls: 1 })],
  ])("an idle task has ended; when %s it does without the pull request", async (_why, pulls) => {
    const { outcome } = await polled(
      task({ state: "idle", sessions: [session({ head_ref: "copilot/x", usage: credits(0) })] }),
      pulls,
    );
    expect(outcome).toMatchObject({
      state: "ended",
      output:
        "Fix the cart\n\nBranch: https://github.com/Acme/shop/tree/copilot/x\nTask: https://github.com/copilot/tasks/task-9",
      completion: { finish: "idle", usageFinal: true, costNanos: 0 },
    });
  });

  test("a pull request that the task names by number needs no search", async () => {
    const pull = { provider: "github", type: "pull", data: { id: 99, number: 12 } };
    const { outcome, urls } = await polled(task({ state: "completed", artifacts: [pull] }));
    expect(outcome).toMatchObject({ output: expect.stringContaining("Pull request: https://github.com/Acme/shop/pull/12") });
    expect(urls).toHaveLength(1);
  });

  test.each<[string, object[], { usageFinal: boolean; costNanos: number | undefined }]>([
    ["no session", [], { usageFinal: false, costNanos: undefined }],
    ["a session without an amount", [session({ usage: credits(100) }), session()], { usageFinal: false, costNanos: 1 }],
    [
      "premium requests",
      [session({ usage: { type: "premium_requests", amount: 1.5 } })],
      { usageFinal: false, costNanos: undefined },
    ],
    ["an odd amount", [session({ usage: { type: "ai_credits", amount: "7" } })], { usageFinal: false, costNanos: undefined }],
  ])("with %s the cost is not final", async (_what, sessions, expected) => {
    const { outcome } = await polled(task({ state: "completed", sessions }));
    expect(outcome).toMatchObject({ completion: expected });
  });

  test.each([
    ["failed", "provider_upstream"],
    ["timed_out", "timeout"],
    ["cancelled", "refused"],
    ["waiting_for_user", "provider_invalid_request"],
  ])("a task that is %s has failed with %s, and still has its cost", async (state, code) => {
    const sessions = [session({ model: "m-1", usage: credits(250), error: { message: "tests do not pass" } })];
    const { outcome } = await polled(task({ state, sessions }));
    expect(outcome).toMatchObject({ state: "failed", error: { code, free: false }, costNanos: 3, model: "m-1" });
    const message = outcome.state === "failed" ? outcome.error.message : "";
    expect(message).toMatch(/: tests do not pass: https:\/\/github\.com\/copilot\/tasks\/task-9$/);
  });

  test("reads a task in odd shapes as far as it can", async () => {
    const odd = {
      id: "task-9",
      state: "completed",
      name: null,
      artifacts: "none",
      sessions: [{ model: 5, usage: null, error: 1 }],
    };
    expect((await polled(odd)).outcome).toMatchObject({ state: "ended", output: "", completion: { model: undefined } });
  });

  test.each([
    [404, "provider_auth"],
    [502, "provider_upstream"],
  ])("HTTP %i is the error %s", async (status, code) => {
    await using server = await github(jsonReply(status, { message: "no" }));
    await expect(copilot(server).poll("task-9", request(), open())).rejects.toMatchObject({ code, free: true });
  });
});
