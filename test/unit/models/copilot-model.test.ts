import { describe, expect, test } from "vitest";
import { COPILOT_MODELS } from "../../../src/models/catalogue/copilot.ts";
import { outcome, refusal, warnings } from "./resolving.ts";

describe("resolveModel: copilot", () => {
  test.each([
    ["claude-opus", "claude-opus-5.5"],
    ["claude-sonnet-5-5", "claude-sonnet-5.5"],
    ["claude-opus-5.5", "claude-opus-5.5"],
    ["gpt-4-turbo", undefined],
    ["gpt-4", "gpt-6.1-terra"],
    ["gpt-6.1-sol", "gpt-6.1-sol"],
    ["gemini-1.5-pro", undefined],
    ["kimi-k3", "kimi-k3"],
    ["nonsense", undefined],
  ])("asked for %s has %s", (model, id) => {
    expect(outcome({ provider: "copilot", model })).toEqual(id === undefined ? ["invalid_request", "model"] : ["copilot", id]);
  });

  test("keeps the warning of a retired name", () => {
    expect(warnings({ provider: "copilot", model: "gpt-4" }).map(({ code }) => code)).toEqual(["model_retired"]);
  });

  test("is refused a model that GitHub does not offer, with the list", () => {
    const message = refusal({ provider: "copilot", model: "gpt-6.2-sol" });
    for (const id of COPILOT_MODELS) expect(message).toContain(id);
  });

  test("is never derived from a model", () => {
    expect(outcome({ model: "kimi-k3" })).toEqual(["invalid_request", "model"]);
    expect(outcome({ model: "gpt-6.1-sol" })[0]).toBe("codex");
  });
});
