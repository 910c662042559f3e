import { describe, expect, test } from "vitest";
import { rolesOf } from "../../../src/flows/patterns.ts";
import { planSchema } from "../../../src/flows/plan.ts";
import { inputOf, type Played, play, problemsOf, promptOf } from "./playing.ts";

const decomposeOf = (more: object = {}) => inputOf({ pattern: "decompose", prompt: "Build it.", ...more });
const names = (asks: readonly { name: string }[]) => asks.map(({ name }) => name);
const plan = (...prompts: string[]): Played => ({
  data: { tasks: prompts.map((prompt) => ({ name: `the ${prompt}`, prompt })) },
});
const noJson: Played = { status: "failed", code: "invalid_output" };

describe("decompose", () => {
  test("works on all parts at once, and then puts them together", () => {
    const { ending, asks, atOnce } = play(decomposeOf(), ({ name }) => (name === "plan" ? plan("a", "b", "c") : {}));
    expect(names(asks)).toEqual(["plan", "part-0", "part-1", "part-2", "synthesis"]);
    expect(atOnce).toBe(3);
    expect(asks.slice(1, 4).map(promptOf)).toEqual(["a", "b", "c"]);
    const synthesis = asks[4] && promptOf(asks[4]);
    expect(synthesis).toContain("## the a\n<part-0>\n\n## the b\n<part-1>\n\n## the c\n<part-2>");
    expect(synthesis).toContain("Build it.");
    expect(synthesis).not.toContain("failed");
    expect(ending).toEqual({ status: "completed", step: "synthesis" });
  });

  test("tells the synthesis which parts failed, and fails when all did", () => {
    const failing = (...parts: string[]) =>
      play(decomposeOf(), ({ name }) => (name === "plan" ? plan("a", "b") : parts.includes(name) ? { status: "failed" } : {}));
    const { asks, ending } = failing("part-0");
    expect(ending.status).toBe("completed");
    expect(asks.at(-1) && promptOf(asks.at(-1) ?? expect.fail())).toMatch(
      /## the a\n\(This part failed: there is no result\.\)[\s\S]*These parts failed, say what is missing without them: the a\.\n/,
    );
    expect(failing("part-0", "part-1").ending).toMatchObject({
      error: {
        code: "all_parts_failed",
        message: "All 2 parts failed. The first: The step part-0 failed: provider_upstream: It broke.",
      },
    });
  });

  test.each([
    ["no JSON", noJson, "it is not the JSON that was asked for", false],
    ["no tasks", plan(), "it has no tasks", true],
    ["too many tasks", plan("1", "2", "3"), "it has 3 tasks, and 2 is the most", true],
    ["a blank prompt", plan("a", " \n"), "the prompt of its task 2 is empty", true],
    ["another shape", { data: { steps: [] } }, "it is not a list of tasks", true],
  ])("a plan with %s is repaired once, and the planner is told why", (_what, bad, why, isShown) => {
    const input = decomposeOf({ max_tasks: 2 });
    const repaired = play(input, ({ name }) => (name === "plan" ? bad : name === "plan-repair" ? plan("a") : {}));
    expect(names(repaired.asks)).toEqual(["plan", "plan-repair", "part-0", "synthesis"]);
    const told = promptOf(repaired.asks[1] ?? expect.fail());
    expect(told).toContain(`Your last plan cannot be used: ${why}.`);
    expect(told.includes("<plan>")).toBe(isShown);
    expect(told).toContain("Build it.");
    const { asks, ending } = play(input, () => bad);
    expect(names(asks)).toEqual(["plan", "plan-repair"]);
    expect(ending).toMatchObject({ error: { code: "invalid_plan", step: "plan-repair" } });
    expect(ending.status === "failed" && ending.error.message).toContain(why);
  });

  test.each(["plan", "plan-repair", "synthesis"])("another failure of %s fails it by name", (failing) => {
    const { ending } = play(decomposeOf(), ({ name }) => {
      if (name === failing) return { status: "failed" };
      return name === "plan" ? plan(...(failing === "plan-repair" ? [] : ["a"])) : {};
    });
    expect(ending).toMatchObject({ error: { code: "step_failed", step: failing } });
  });

  test("parts without a name, or with another's, are numbered", () => {
    const tasks = ["x", "x", "", " x "].map((name) => ({ name, prompt: "p" }));
    const { asks } = play(decomposeOf(), ({ name }) => (name === "plan" ? { data: { tasks } } : {}));
    const headings = promptOf(asks.at(-1) ?? expect.fail()).match(/^## .*$/gm);
    expect(headings).toEqual(["## x", "## x (part 2)", "## (part 3)", "## x (part 4)"]);
  });

  test("the planner chooses among the agents that are named, and nobody else", () => {
    const input = decomposeOf({ agents: ["coder", "tester"], worker: { model: "w" } });
    const tasks = ["coder", "stranger", undefined].map((agent) => ({ name: "x", prompt: "p", agent }));
    const { asks } = play(input, ({ name }) => (name === "plan" ? { data: { tasks } } : {}));
    expect(asks.slice(1, 4).map(({ role }) => role)).toEqual(["agent-coder", "worker", "worker"]);
    const roles = rolesOf(input).map(({ name, path, body }) => [name, path, body.agent, body.model]);
    expect(roles).toContainEqual(["agent-tester", "agents.1", "tester", "w"]);
    expect(planSchema(["coder", "tester"])).toMatchObject({
      properties: {
        tasks: { items: { properties: { agent: { enum: ["coder", "tester"] } }, required: ["name", "prompt", "agent"] } },
      },
    });
    expect(problemsOf({ pattern: "decompose", prompt: "x", agents: ["a", "a"] })).toEqual(["agents: must name each agent once"]);
  });
});
