import { describe, expect, test } from "vitest";
import { compatible, outcome, refusal, resolve } from "./resolving.ts";

describe("resolveModel: compatible", () => {
  test.each([
    ["ollama/llama3:8b", "ollama", "llama3:8b"],
    ["ollama/never-listed", "ollama", "never-listed"],
    ["router/anthropic/claude-opus-5.5", "router", "anthropic/claude-opus-5.5"],
  ])("sends %s to its endpoint, with or without the provider", (model, endpoint, id) => {
    const expected = { ok: true, provider: "compatible", endpoint, model: id, requested: model, warnings: [] };
    expect(resolve({ model })).toEqual(expected);
    expect(resolve({ provider: "compatible", model })).toEqual(expected);
  });

  test("takes a bare id when there is one endpoint, one with a slash only when it is listed", () => {
    const one = compatible({ local: { models: { "meta/llama-4": {} } } });
    for (const model of ["meta/llama-4", "gpt-4"]) {
      expect(resolve({ provider: "compatible", model }, one)).toMatchObject({ endpoint: "local", model, warnings: [] });
    }
    expect(outcome({ provider: "compatible", model: "lcoal/meta/llama-4" }, one)).toEqual(["invalid_request", "model"]);
  });

  test("needs the endpoint when there are several, and names them", () => {
    expect(outcome({ provider: "compatible", model: "llama3:8b" })).toEqual(["invalid_request", "model"]);
    expect(refusal({ provider: "compatible", model: "llama3:8b" })).toContain("Endpoints here: ollama, router.");
  });

  test("needs a model after the endpoint", () => {
    expect(outcome({ model: "ollama/" })).toEqual(["invalid_request", "model"]);
  });

  test.each([
    [{ local: { models: {} } }],
    [{ local: { models: { a: {}, b: {} } } }],
    [{ local: { models: { a: {} } }, other: { models: {} } }],
  ])("needs a model where %j leaves a choice", (own) => {
    expect(outcome({ provider: "compatible" }, compatible(own))).toEqual(["invalid_request", "model"]);
  });

  test("lists what it could have meant", () => {
    expect(refusal({ provider: "compatible" }, compatible({ local: { models: { a: {}, "b/c": {} } } }))).toContain(
      "local/a, local/b/c",
    );
  });

  test.each(["__proto__/x", "constructor/x", "toString/x"])("has no endpoint by the name in %s", (model) => {
    expect(outcome({ model })).toEqual(["invalid_request", "model"]);
    expect(outcome({ provider: "compatible", model })).toEqual(["invalid_request", "model"]);
  });
});
