import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Scenario } from "../../../../simulator/scenario.ts";
import { simulate } from "../../../../simulator/simulate.ts";
import { startSimulator } from "../../../../simulator/simulator.ts";

type Task = {
  id: string;
  state: string;
  name: string;
  artifacts: object[];
  sessions: { prompt: string; usage: object; error?: object }[];
};

const simulator = await startSimulator({ fast: true });
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

const tasksUrl = `${simulator.url}/agents/repos/acme/widgets/tasks`;
const create = (scenario: Scenario | Scenario[], more: object = {}): Promise<Response> =>
  fetch(tasksUrl, { method: "POST", body: JSON.stringify({ prompt: simulate(scenario, "Fix the roof"), ...more }) });
const created = async (scenario: Scenario, more: object = {}): Promise<Task> => (await create(scenario, more)).json();
const poll = async (id: string): Promise<Task> => (await fetch(`${tasksUrl}/${id}`)).json();
const list = async (url = tasksUrl): Promise<Task[]> => ((await (await fetch(url)).json()) as { tasks: Task[] }).tasks;

describe("POST /agents/repos/{owner}/{repo}/tasks", () => {
  test("answers 201 with a queued task that is named after its prompt", async () => {
    const response = await create({});
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      id: expect.any(String),
      state: "queued",
      name: "Fix the roof",
      session_count: 1,
    });
  });

  test.each<Scenario["fault"]>([
    { kind: "drop", after: 0 },
    { kind: "close", after: 0 },
    { kind: "malformed", after: 0 },
  ])("keeps the task when the answer breaks by %o", async (fault) => {
    await expect(create(fault ? { fault } : {}).then((response) => response.json())).rejects.toThrow();
    const [task] = await list();
    expect((await poll(task?.id ?? "")).sessions[0]?.prompt).toContain("Fix the roof");
    await expect.poll(() => simulator.journal()[0]?.ended_by).toBe("broken");
  });

  test("keeps no task when it refuses", async () => {
    const response = await create({ status: 429, retry_after: 5 });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(await list()).toEqual([]);
  });
});

describe("GET /agents/repos/{owner}/{repo}/tasks/{id}", () => {
  test("is in progress for so many polls, then ends with what the agent left", async () => {
    const { id } = await created(
      { polls: 2, nano_credits: 7 },
      { create_pull_request: true, base_ref: "next", model: "gpt-6.1-sol" },
    );
    const states = [await poll(id), await poll(id), await poll(id)];
    expect(states.map(({ state }) => state)).toEqual(["in_progress", "in_progress", "completed"]);
    expect(states[0]?.artifacts).toEqual([]);
    expect(states[2]).toMatchObject({
      artifacts: [
        { type: "branch", data: { head_ref: expect.any(String), base_ref: "next" } },
        { type: "pull", data: { id: expect.any(Number) } },
      ],
      sessions: [{ model: "gpt-6.1-sol", state: "completed", usage: { type: "ai_credits", amount: 7 } }],
    });
  });

  test.each(["failed", "timed_out", "cancelled", "waiting_for_user", "idle"] as const)("can end as %s", async (state) => {
    const { id } = await created({ polls: 0, state });
    expect(await poll(id)).toMatchObject({ state, artifacts: [] });
  });

  test("says why an agent failed", async () => {
    const { id } = await created({ polls: 0, state: "failed", text: "No such file" });
    expect((await poll(id)).sessions[0]?.error).toEqual({ message: "No such file" });
  });

  test("fails one poll and goes on", async () => {
    const { id } = await created({ polls: 1, fault: { kind: "error_event", after: 1 } });
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await fetch(`${tasksUrl}/${id}`)).status);
    expect(statuses).toEqual([200, 502, 200]);
  });

  test("is 404 for a task that is not there", async () => {
    expect((await fetch(`${tasksUrl}/unknown`)).status).toBe(404);
  });
});

describe("GET lists", () => {
  test("tasks come newest first, page by page, without prompts", async () => {
    const first = await created({});
    const second = await created({});
    expect((await list()).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await list(`${tasksUrl}?per_page=1&page=2`)).map(({ id }) => id)).toEqual([first.id]);
    expect((await list())[0]).not.toHaveProperty("sessions");
    expect(await list(`${simulator.url}/agents/repos/acme/other/tasks`)).toEqual([]);
    expect(await list(`${simulator.url}/agents/tasks?per_page=1`)).toHaveLength(1);
  });

  test("the pull request of a completed task is found by its branch", async () => {
    const { id } = await created({ polls: 0 }, { create_pull_request: true });
    const { artifacts } = await poll(id);
    const head = (artifacts[0] as { data: { head_ref: string } }).data.head_ref;
    const pulls = (branch: string) => fetch(`${simulator.url}/repos/acme/widgets/pulls?head=acme:${branch}`);
    expect(await (await pulls(head)).json()).toMatchObject([
      { title: "Fix the roof", html_url: expect.stringContaining("/pull/") },
    ]);
    expect(await (await pulls("elsewhere")).json()).toEqual([]);
  });
});
