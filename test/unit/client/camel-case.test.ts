import { describe, expect, test } from "vitest";
import { camel, snake } from "../../../src/client/camel-case.ts";

const API = {
  task_id: "t",
  tokens_used: 3,
  attempts: [{ first_token_at: null, usage: { cached_input_tokens: 1 } }],
  properties: { task_type: "x", deep: { keep_me: 1 } },
  output_data: { keep_me: [{ and_me: 2 }] },
};

describe("camel", () => {
  test("renames at every depth, and nothing inside what belongs to the caller or the model", () => {
    expect(camel(API)).toEqual({
      taskId: "t",
      tokensUsed: 3,
      attempts: [{ firstTokenAt: null, usage: { cachedInputTokens: 1 } }],
      properties: { task_type: "x", deep: { keep_me: 1 } },
      outputData: { keep_me: [{ and_me: 2 }] },
    });
  });

  test("leaves the ids and codes of tables, and renames what stands in them", () => {
    expect(camel({ results: { task_a_1: { tokens_used: 1 } }, errors: { out_of_luck: 2 } })).toEqual({
      results: { task_a_1: { tokensUsed: 1 } },
      errors: { out_of_luck: 2 },
    });
    expect(camel({ results: [{ tokens_used: 1 }] })).toEqual({ results: [{ tokensUsed: 1 }] });
  });

  test("leaves a body that is no object as it is", () => {
    expect([camel(null), camel("a_b"), camel(undefined)]).toEqual([null, "a_b", undefined]);
  });
});

describe("snake", () => {
  test("undoes camel", () => {
    expect(snake(camel(API))).toEqual(API);
  });

  test("takes a selection wherever a model is named", () => {
    const selected = { model: "gpt-6.2-sol", alias: "gpt-4-turbo" };
    const panel = [{ model: selected }, { model: "claude-opus" }];
    expect(snake({ model: selected, panel })).toEqual({
      model: "gpt-6.2-sol",
      panel: [{ model: "gpt-6.2-sol" }, { model: "claude-opus" }],
    });
  });

  test("renames an input, and nothing inside a schema", () => {
    const outputSchema = { type: "object", additionalProperties: false, properties: { firstName: { type: "string" } } };
    expect(snake({ maxThinkingBudget: 1, repository: { baseRef: "main" }, outputSchema })).toEqual({
      max_thinking_budget: 1,
      repository: { base_ref: "main" },
      output_schema: outputSchema,
    });
  });
});
