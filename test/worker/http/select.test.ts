import { beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { freshId } from "../../support/delegation-object.ts";

type Chosen = {
  model: string;
  alias: string;
  provider: string;
  reason: string;
  estimated_cost: number;
  estimated_cost_nanos: number;
};
type Answer = Chosen & {
  task_type: string;
  complexity: string;
  complexity_estimated: boolean;
  budget_mode: string;
  estimate: { input_tokens: number; output_tokens: number; basis: string };
  fallbacks: { provider: string; model: string }[];
  alternatives: Chosen[];
  passed_over: { model: string; provider: string; reason: string }[];
};

const select = async (body: unknown) => (await call<Answer>("POST", "/v1/models/select", { body })).body;
const refused = (body: unknown) => call<ProblemBody>("POST", "/v1/models/select", { body });
const HIGH_CODE = { task_type: "CODE_GENERATION", complexity: "HIGH", budget_mode: "BALANCED" };

describe("POST /v1/models/select", () => {
  test("answers with the model, why, its price, who takes over, and what else there is", async () => {
    const answer = await select(HIGH_CODE);
    expect(answer).toMatchObject({
      ...HIGH_CODE,
      alias: "gpt-4-turbo",
      provider: "codex",
      complexity_estimated: false,
      estimate: { input_tokens: 2_000, output_tokens: 1_000, basis: "yardstick" },
      passed_over: [],
    });
    expect(answer.reason).toMatch(/^Complex code generation/);
    expect(answer.estimated_cost).toBe(answer.estimated_cost_nanos / 1e9);
    expect(answer.fallbacks.map(({ provider }) => provider)).toEqual(["claude", "gemini"]);
    const [cheaper] = answer.alternatives;
    expect(cheaper?.estimated_cost).toBeLessThan(answer.estimated_cost);
  });

  test("estimates the cost and the complexity from the prompt, and says so", async () => {
    const prompt = `Design the architecture of a distributed store:\n${"é".repeat(10_000)}`;
    const answer = await select({ task_type: "ARCHITECTURE", prompt });
    expect(answer).toMatchObject({ complexity: "HIGH", complexity_estimated: true, budget_mode: "BALANCED" });
    const bytes = new TextEncoder().encode(prompt).byteLength;
    expect(answer.estimate).toEqual({ input_tokens: Math.ceil(bytes / 4), output_tokens: 1_000, basis: "prompt" });
    expect(answer.estimated_cost).toBeGreaterThan(
      (await select({ task_type: "ARCHITECTURE", complexity: "HIGH" })).estimated_cost,
    );
  });

  test("without a word it is moderate code generation at a balanced cost", async () => {
    expect(await select({})).toMatchObject({
      task_type: "CODE_GENERATION",
      complexity: "MEDIUM",
      complexity_estimated: true,
      budget_mode: "BALANCED",
    });
  });

  test("takes the original's words as aliases", async () => {
    expect(await select({ task_type: "implementation", complexity: "high", budget_mode: "balanced" })).toEqual(
      await select(HIGH_CODE),
    );
  });

  test("the fallbacks it names are taken by a delegation as they are", async () => {
    const { model, fallbacks } = await select(HIGH_CODE);
    const { status } = await call("POST", "/v1/delegations", { body: { prompt: simulate({ text: "x" }), model, fallbacks } });
    expect(status).toBe(202);
  });

  test.each([
    [{ task_type: "COOKING" }, "task_type", "REFACTORING"],
    [{ task_type: "code_generation" }, "task_type", "CODE_GENERATION"],
    [{ complexity: "EXTREME" }, "complexity", "MEDIUM"],
    [{ budget_mode: "cheap" }, "budget_mode", "COST_OPTIMIZED"],
    [{ prompt: "" }, "prompt", "empty"],
    [{ promt: "x" }, "promt", "known"],
  ])("refuses %j with 400, naming what is allowed", async (body, path, allowed) => {
    const answer = await refused(body);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
    expect(answer.body.detail).toContain(allowed);
  });

  test("refuses a prompt over the limit with 413", async () => {
    expect((await refused({ prompt: "x".repeat(1_000_001) })).body.code).toBe("payload_too_large");
  });

  test("needs a key", async () => {
    expect((await call("POST", "/v1/models/select", { body: {}, key: null })).status).toBe(401);
  });
});

describe("the document's example of POST /v1/models/select", () => {
  type Document = {
    paths: {
      "/v1/models/select": {
        post: {
          requestBody: { content: { "application/json": { example: object } } };
          responses: { 200: { content: { "application/json": { example: Answer } } } };
        };
      };
    };
  };
  let operation: Document["paths"]["/v1/models/select"]["post"];
  beforeAll(async () => {
    operation = (await call<Document>("GET", "/openapi.json", { key: null })).body.paths["/v1/models/select"].post;
  });

  test("has the fields of a real answer to its own question", async () => {
    const answer = await select(operation.requestBody.content["application/json"].example);
    const { example } = operation.responses[200].content["application/json"];
    expect(Object.keys(answer)).toEqual(Object.keys(example));
    expect([answer.alias, answer.reason]).toEqual([example.alias, example.reason]);
  });
});

describe('POST /v1/delegations with "auto"', () => {
  const delegated = async (body: object) => {
    const task_id = freshId();
    const { status } = await call("POST", "/v1/delegations", { body: { task_id, max_attempts: 1, ...body } });
    expect(status).toBe(202);
    return (await call<Delegation>("GET", `/v1/delegations/${task_id}?wait=20`)).body;
  };

  test("runs the chosen model and tells which and why", async () => {
    const delegation = await delegated({
      prompt: simulate({ text: "done" }, freshId()),
      model: "auto",
      task_type: "implementation",
      complexity: "MEDIUM",
      budget_mode: "free",
    });
    expect(delegation).toMatchObject({
      status: "completed",
      output: "done",
      requested_model: "auto",
      provider: "claude",
      model: "claude-haiku-5-5",
      task_type: "CODE_GENERATION",
      budget_mode: "COST_OPTIMIZED",
    });
    expect(delegation.warnings.map(({ code }) => code)).toEqual(["model_selected"]);
  });

  test("goes on to another vendor when the chosen one fails", async () => {
    const script = [{ status: 400 }, { text: "from the other" }];
    const delegation = await delegated({
      prompt: simulate(script, freshId()),
      model: "auto",
      complexity: "HIGH",
      fallbacks: "auto",
    });
    expect(delegation).toMatchObject({ status: "completed", output: "from the other", provider: "claude" });
    expect(delegation.attempts.map(({ provider, status }) => [provider, status])).toEqual([
      ["codex", "failed"],
      ["claude", "completed"],
    ]);
  });

  test("is retried as it was asked", async () => {
    const first = await delegated({ prompt: simulate({ text: "x" }, freshId()), model: "auto", complexity: "HIGH" });
    const again = await call<Delegation>("POST", `/v1/delegations/${first.task_id}/retry`, { body: {} });
    expect([again.status, again.body.requested_model, again.body.provider]).toEqual([202, "auto", "codex"]);
  });

  test.each([
    [{ fallbacks: "manual" }, "fallbacks"],
    [{ fallbacks: [{ modle: "x" }] }, "fallbacks.0.modle"],
    [{ fallbacks: [{ model: "auto" }] }, "fallbacks.0.model"],
    [{ model: "auto", task_type: "COOKING" }, "task_type"],
  ])("refuses %j and names the field", async (body, path) => {
    const { status, body: problem } = await call<ProblemBody>("POST", "/v1/delegations", { body: { prompt: "x", ...body } });
    expect([status, problem.errors?.[0]?.path]).toEqual([400, path]);
  });
});
