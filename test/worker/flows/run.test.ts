import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call } from "../../support/api-client.ts";
import { callsFor, finalOf, freshId, objectOf, rowOf } from "../../support/delegation-object.ts";
import { flowEventsOf, flowRowOf, nextAnswers, runFlow } from "../../support/flow-object.ts";

const DAY_MS = 86_400_000;

const taskOf = (flowId: string, step: string): Promise<Delegation> => finalOf(objectOf(`${flowId}.${step}`));

describe("a chain", () => {
  test("runs step by step, each told the whole output of the ones before, however long", async () => {
    const mark = freshId("mark");
    const flow = await runFlow({
      pattern: "chain",
      input: "seven",
      properties: { team: "a" },
      parent_task_id: "parent",
      steps: [
        { name: "long", prompt: simulate({ text: "0123456789", repeat: 6_000 }, `${mark} {{input}}`), provider: "claude" },
        {
          name: "last",
          prompt: `${simulate({ text: "done" }, mark)} <{{steps.long.output}}> {{input}}`,
          provider: "codex",
          properties: { x: 1 },
        },
      ],
    });
    expect(flow).toMatchObject({ pattern: "chain", status: "completed", output: "done", error: null, prompt_preview: "seven" });
    expect(flow.steps.map(({ name, status, output_truncated }) => [name, status, output_truncated])).toEqual([
      ["long", "completed", true],
      ["last", "completed", false],
    ]);
    const [long, last] = await Promise.all(["long", "last"].map((step) => taskOf(flow.flow_id, step)));
    expect(last?.prompt).toContain(`<${"0123456789".repeat(6_000)}> seven`);
    expect(last).toMatchObject({
      flow_id: flow.flow_id,
      flow_step: "last",
      parent_task_id: "parent",
      properties: { team: "a", x: 1 },
    });
    expect(flow.cost_nanos).toBe((long?.cost_nanos ?? 0) + (last?.cost_nanos ?? 0));
    expect(flow.cost_nanos).toBeGreaterThan(0);
    expect(await callsFor(mark)).toHaveLength(2);
    await expect.poll(async () => (await rowOf(`${flow.flow_id}.last`))?.flow_id).toBe(flow.flow_id);
  });

  test("answers the whole of a long last output, and a step that is deleted afterwards takes it along", async () => {
    const steps = [{ name: "only", prompt: simulate({ text: "0123456789", repeat: 6_000 }, freshId()) }];
    const flow = await runFlow({ pattern: "chain", steps });
    expect(flow.output).toHaveLength(60_000);
    expect(flow.steps[0]?.output?.length).toBeLessThan(20_000);
    await call("DELETE", `/v1/delegations/${flow.flow_id}.only`);
    const read = async () => (await call("GET", `/v1/flows/${flow.flow_id}`)).body;
    await expect.poll(read).toMatchObject({ status: "completed", output: null, steps: [{ status: "completed", output: null }] });
    expect(JSON.stringify(await flowEventsOf(flow.flow_id))).not.toContain("0123456789");
  });

  test("a step that fails fails it by name, its predecessors stay, and nothing follows", async () => {
    const mark = freshId("mark");
    const flow = await runFlow({
      pattern: "chain",
      steps: [
        { name: "a", prompt: simulate({ text: "kept" }, mark) },
        { name: "b", prompt: simulate({ status: 400 }, mark) },
        { name: "c", prompt: simulate({ text: "never" }, mark) },
      ],
    });
    expect(flow).toMatchObject({ status: "failed", output: null, error: { code: "step_failed", step: "b" } });
    expect(flow.error?.message).toContain("provider_invalid_request");
    expect(flow.steps.map(({ name, output }) => [name, output])).toEqual([
      ["a", "kept"],
      ["b", null],
    ]);
    expect(await callsFor(mark)).toHaveLength(2);
  });

  test("a prompt made of nothing fails it, and that step is not started", async () => {
    const blank = simulate({ text: " " }, freshId());
    const steps = [
      { name: "a", prompt: blank },
      { name: "b", prompt: "{{steps.a.output}}" },
    ];
    const flow = await runFlow({ pattern: "chain", steps });
    expect(flow).toMatchObject({ status: "failed", error: { code: "prompt_empty", step: "b" } });
    expect(flow.steps.map(({ name }) => name)).toEqual(["a"]);
  });

  test("a prompt that became too large fails it, and that step is not started", async () => {
    const flow = await runFlow({
      pattern: "chain",
      steps: [
        { name: "a", prompt: simulate({ text: "x".repeat(1_000), repeat: 600, delta_chars: 100_000 }, freshId()) },
        { name: "b", prompt: "{{steps.a.output}} {{steps.a.output}}" },
      ],
    });
    expect(flow).toMatchObject({ status: "failed", error: { code: "prompt_too_large", step: "b" } });
    expect(flow.error?.message).toContain("1,000,000 bytes");
    expect(flow.steps.map(({ name }) => name)).toEqual(["a"]);
  });

  test("a step whose id another delegation has fails it", async () => {
    const flowId = freshId("flow");
    await call("POST", "/v1/delegations", { body: { task_id: `${flowId}.a`, prompt: simulate({ text: "other" }, flowId) } });
    const flow = await runFlow({ flow_id: flowId, pattern: "chain", steps: [{ name: "a", prompt: "x" }] });
    expect(flow).toMatchObject({ status: "failed", error: { code: "step_failed", step: "a" }, cost_nanos: 0 });
    expect(flow.steps[0]?.error).toMatchObject({ code: "conflict" });
  });

  test("tells its story as events and on the list", async () => {
    const steps = ["a", "b"].map((name) => ({ name, prompt: simulate({ text: name }, freshId()) }));
    const flow = await runFlow({ pattern: "chain", steps });
    const events = await flowEventsOf(flow.flow_id);
    const told = events.map((event) => [event.seq, event.type, "step" in event ? event.step : event.status]);
    expect(told).toEqual([
      [1, "step.started", "a"],
      [2, "step.completed", "a"],
      [3, "step.started", "b"],
      [4, "step.completed", "b"],
      [5, "flow.completed", "completed"],
    ]);
    expect(events[1]).toMatchObject({ task_id: `${flow.flow_id}.a`, delegation: { output: "a", output_truncated: false } });
    expect(JSON.stringify(events)).not.toContain("@simulate");
    const row = async () => flowRowOf(flow.flow_id);
    const moves_by = Date.parse(flow.completed_at ?? "") + 90 * DAY_MS;
    await expect
      .poll(row)
      .toMatchObject({ status: "completed", steps: 2, steps_ended: 2, cost_nanos: flow.cost_nanos, moves_by });
  });
});

describe("a consensus", () => {
  const verdict = { synthesis: "Both.", agreement: 0.4, dissent: [{ member: "b", point: "Not so fast." }] };

  test("asks the panel, leaves out who fails, and answers synthesis, agreement and dissent", async () => {
    const prompt = simulate({ text: nextAnswers(verdict) }, freshId());
    const panel = [{ name: "a" }, { name: "b", provider: "codex" }, { name: "c", provider: "gemini", model: "gemini-2.0-flash" }];
    const flow = await runFlow({ pattern: "consensus", prompt, panel, judge: { provider: "claude" } });
    expect(flow).toMatchObject({ status: "completed", output: "Both.", output_data: verdict });
    expect(flow.steps.map(({ name }) => name)).toEqual(["member-0", "member-1", "member-2", "judge"]);
    expect(flow.steps.map(({ called }) => called)).toEqual(["a", "b", "c", null]);
    const judge = await taskOf(flow.flow_id, "judge");
    expect(judge.prompt).toMatch(/^Review these perspectives and provide consensus:\n\n## a\n/);
  });

  test("with fewer than two answers it fails, and the judge is not asked", async () => {
    const prompt = simulate({ status: 400 }, freshId());
    const flow = await runFlow({ pattern: "consensus", prompt, panel: [{}, { provider: "codex" }] });
    expect(flow).toMatchObject({ status: "failed", error: { code: "too_few_answers", step: null } });
    expect(flow.steps.map(({ status }) => status)).toEqual(["failed", "failed"]);
  });

  test("stop_when_agreed asks no more than it takes, and says how many it saved", async () => {
    const agreed = { ...verdict, agreement: 0.9 };
    const panel = ["a", "b", "c", "d", "e"].map((name) => ({ name, provider: "claude" }));
    const prompt = simulate({ text: nextAnswers(agreed) }, freshId());
    const flow = await runFlow({ pattern: "consensus", prompt, panel, stop_when_agreed: true });
    expect(flow.output_data).toEqual({ ...agreed, members_asked: 2, members_saved: 3 });
    expect(flow.steps.map(({ name }) => name)).toEqual(["member-0", "member-1", "judge-2"]);
    const split = simulate({ text: nextAnswers(verdict) }, freshId());
    const all = await runFlow({ pattern: "consensus", prompt: split, panel: panel.slice(0, 3), stop_when_agreed: true });
    expect(all.steps.map(({ name }) => name)).toEqual(["member-0", "member-1", "judge-2", "member-2", "judge-3"]);
    expect(all.output_data).toMatchObject({ agreement: 0.4, members_asked: 3, members_saved: 0 });
  });

  test("a judgement that is longer than a report is read whole", async () => {
    const long = { ...verdict, synthesis: "so ".repeat(8_000) };
    const prompt = simulate({ text: nextAnswers(long) }, freshId());
    const flow = await runFlow({
      pattern: "consensus",
      prompt,
      panel: [{ name: "a" }, { name: "b" }, {}],
      stop_when_agreed: 0.3,
    });
    expect(flow.output).toBe(long.synthesis);
    expect(flow.output_data).toMatchObject({ members_saved: 1 });
  });
});

describe("improve", () => {
  test("reviews and revises, each revision a task that says which it is", async () => {
    const draft = nextAnswers({ approved: false, feedback: simulate({ text: "better" }).trim() });
    const flow = await runFlow({ pattern: "improve", prompt: simulate({ text: draft }, freshId()), cycles: 1 });
    expect(flow).toMatchObject({ status: "completed", output: "better" });
    expect(flow.steps.map(({ name }) => name)).toEqual(["draft", "review-0", "improvement-cycle-0"]);
    const revision = await taskOf(flow.flow_id, "improvement-cycle-0");
    expect(revision.properties).toEqual({ feedback_iteration: 0 });
    expect(revision.prompt).toMatch(/^Based on this feedback:\n\n@simulate/);
  });

  test("an approved text is the answer, when it is told to stop there", async () => {
    const draft = nextAnswers({ approved: true, feedback: "Fine." });
    const flow = await runFlow({ pattern: "improve", prompt: simulate({ text: draft }, freshId()), stop_when_approved: true });
    expect(flow).toMatchObject({ status: "completed", output: draft });
    expect(flow.steps.map(({ name }) => name)).toEqual(["draft", "review-0"]);
  });
});

describe("decompose", () => {
  const part = (name: string, scenario: object) => ({ name, prompt: simulate(scenario, name) });

  test("divides, works on the parts, tells the synthesis which failed, and answers it", async () => {
    const synthesis = simulate({ text: "together" }).trim();
    const tasks = [part("one", { text: synthesis }), part("two", { status: 400 })];
    const flow = await runFlow({ pattern: "decompose", prompt: nextAnswers({ tasks }) });
    expect(flow.steps.map(({ name, status }) => [name, status])).toEqual([
      ["plan", "completed"],
      ["part-0", "completed"],
      ["part-1", "failed"],
      ["synthesis", "completed"],
    ]);
    expect(flow).toMatchObject({ status: "completed", output: "together" });
    expect((await taskOf(flow.flow_id, "synthesis")).prompt).toContain(
      "These parts failed, say what is missing without them: two.",
    );
  });

  test("a plan that cannot be used is repaired once, and then it fails", async () => {
    const none = await runFlow({ pattern: "decompose", prompt: nextAnswers({ tasks: [] }) });
    expect(none).toMatchObject({ status: "failed", error: { code: "invalid_plan", step: "plan-repair" } });
    const noJson = await runFlow({ pattern: "decompose", prompt: simulate({ text: "I would rather not." }, freshId()) });
    expect(noJson.steps.map(({ name, status, error }) => [name, status, error?.code])).toEqual([
      ["plan", "failed", "invalid_output"],
      ["plan-repair", "failed", "invalid_output"],
    ]);
    expect(noJson).toMatchObject({ status: "failed", error: { code: "invalid_plan" } });
  });

  test("when all parts fail it fails", async () => {
    const tasks = [part("one", { status: 400 }), part("two", { status: 400 })];
    const flow = await runFlow({ pattern: "decompose", prompt: nextAnswers({ tasks }), max_tasks: 2 });
    expect(flow).toMatchObject({ status: "failed", error: { code: "all_parts_failed" } });
  });
});
