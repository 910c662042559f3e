import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, finalOf, freshId, objectOf } from "../../support/delegation-object.ts";
import { runFlow } from "../../support/flow-object.ts";

const step = (name: string, prompt: string, max_output_tokens = 100) => ({ name, prompt, provider: "claude", max_output_tokens });

describe("a flow with max_cost", () => {
  test("gives each step what is left, and is completed within it", async () => {
    const mark = freshId("mark");
    const steps = [step("one", simulate({ text: "1" }, mark)), step("two", simulate({ text: "2" }, mark))];
    const flow = await runFlow({ pattern: "chain", steps, max_cost: 0.05 });
    expect(flow).toMatchObject({ status: "completed", output: "2" });
    const { cost_nanos } = await finalOf(objectOf(`${flow.flow_id}.one`));
    const outcome = await objectOf(`${flow.flow_id}.two`).specification();
    expect(outcome).toMatchObject({ spec: { input: { max_cost: (50_000_000 - (cost_nanos ?? 0)) / 1e9 } } });
  });

  test("fails at the step that does not fit, which is not sent", async () => {
    const mark = freshId("mark");
    const steps = [step("one", simulate({ text: "1" })), step("two", simulate({ text: "2" }, mark), 10_000)];
    const flow = await runFlow({ pattern: "chain", steps, max_cost: 0.05 });
    expect(flow).toMatchObject({ status: "failed", error: { code: "step_failed", step: "two" } });
    const two = await finalOf(objectOf(`${flow.flow_id}.two`));
    expect(two.error).toMatchObject({ code: "budget_exceeded", message: expect.stringMatching(/^max_cost is \$0\.0/) });
    expect(await callsFor(mark)).toEqual([]);
  });

  test("of nothing is 400", async () => {
    const body = { pattern: "chain", steps: [step("one", "x")], max_cost: 0 };
    const { status, body: problem } = await call<ProblemBody>("POST", "/v1/flows", { body });
    expect([status, problem.errors?.[0]?.path]).toEqual([400, "max_cost"]);
  });
});
