import { describe, expect, test } from "vitest";
import { copilotProvider, probeCopilot } from "../../../src/providers/copilot.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { jsonReply, type WireReply, type WireRequest, WireServer } from "../../support/wire-server.ts";

const open = () => new AbortController().signal;
const repository = { owner: "Acme", name: "shop" };
const request = (changes: Parameters<typeof providerRequest>[0] = {}) => providerRequest({ model: "", repository, ...changes });
const account = (apiUrl: string, defaultRepository?: string) => ({
  token: "ghu_1",
  apiUrl,
  repositories: ["acme/shop"],
  defaultRepository,
});
const copilot = (server: WireServer) => copilotProvider(account(server.baseUrl));
const github = (reply: WireReply | ((request: WireRequest) => WireReply)) => WireServer.playing(reply);

const task = (changes: object = {}) => ({
  id: "task-9",
  state: "in_progress",
  name: "Fix the cart",
  html_url: "https://github.com/copilot/tasks/task-9",
  created_at: "2026-11-22T10:00:00Z",
  ...changes,
});

describe("copilotProvider.create", () => {
  test("starts a task whose prompt ends with the line that find looks for", async () => {
    await using server = await github(jsonReply(201, task({ state: "queued" })));
    const asked = request({
      system: "Be careful.",
      prompt: "Fix the cart.",
      model: "gpt-6.1-sol",
      repository: { ...repository, base_ref: "dev", create_pull_request: true },
    });
    expect(await copilot(server).create(asked, open())).toBe("task-9");
    expect(server.request).toMatchObject({ method: "POST", url: "/agents/repos/Acme/shop/tasks" });
    expect(server.request.body).toEqual({
      prompt: "Be careful.\n\nFix the cart.\n\ndepute-task: task-1/1",
      model: "gpt-6.1-sol",
      base_ref: "dev",
      create_pull_request: true,
    });
    expect(server.request.headers).toMatchObject({
      authorization: "Bearer ghu_1",
      accept: "application/vnd.github+json",
      "content-type": "application/json",
      "user-agent": "depute",
      "x-github-api-version": "2026-03-10",
    });
  });

  test("leaves the model and the base to GitHub when none is named, and asks for no pull request", async () => {
    await using server = await github(jsonReply(201, task()));
    await copilot(server).create(request(), open());
    expect(server.request.body).toEqual({ prompt: "Say hello\n\ndepute-task: task-1/1", create_pull_request: false });
  });

  test("works in the default repository when the request names none", async () => {
    await using server = await github(jsonReply(201, task()));
    await copilotProvider(account(server.baseUrl, "Acme/shop")).create(request({ repository: undefined }), open());
    expect(server.request.url).toBe("/agents/repos/Acme/shop/tasks");
  });

  test.each([
    ["outside the allow-list", { owner: "acme", name: "bank" }],
    ["that is not named", undefined],
  ])("sends nothing for a repository %s", async (_which, outside) => {
    await using server = await github(jsonReply(201, task()));
    const call = copilot(server).create(request({ repository: outside }), open());
    await expect(call).rejects.toMatchObject({ code: "provider_invalid_request", free: true });
    expect(server.requests).toEqual([]);
  });

  test("an answer that is no task is an upstream failure", async () => {
    await using server = await github(jsonReply(201, { ok: true }));
    await expect(copilot(server).create(request(), open())).rejects.toMatchObject({ code: "provider_upstream", free: false });
  });

  test("a socket that drops is an upstream failure, and not free", async () => {
    await using server = await github({ end: "drop" });
    await expect(copilot(server).create(request(), open())).rejects.toMatchObject({ code: "provider_upstream", free: false });
  });

  test("an abort closes the connection", async () => {
    const stop = new AbortController();
    await using server = await github(() => {
      stop.abort("timeout");
      return { end: "hang" };
    });
    await expect(copilot(server).create(request(), stop.signal)).rejects.toThrow();
    await server.request.closed;
  });
});

describe("probeCopilot", () => {
  test("lists one task, and tells a token that is refused", async () => {
    await using server = await github(jsonReply(200, { tasks: [] }));
    expect(await probeCopilot(account(server.baseUrl), open())).toEqual({ ok: true });
    expect(server.request).toMatchObject({ method: "GET", url: "/agents/tasks?per_page=1" });
    await using refusing = await github(jsonReply(401, { message: "Bad credentials" }));
    const refused = { ok: false, code: "provider_auth", message: "GitHub answered 401: Bad credentials" };
    expect(await probeCopilot(account(`${refusing.baseUrl}/`), open())).toEqual(refused);
  });
});
