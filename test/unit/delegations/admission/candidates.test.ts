import { describe, expect, test } from "vitest";
import { resolveCandidates } from "../../../../src/delegations/admission/candidates.ts";
import type { DelegationInput } from "../../../../src/delegations/delegation.ts";
import { AppError } from "../../../../src/errors.ts";
import type { Deployment } from "../../../../src/models/model-choice.ts";
import { PROVIDER_IDS, type ProviderId } from "../../../../src/providers/provider.ts";

const TODAY = new Date("2026-11-22T12:00:00Z");
const endpoints = { local: { models: { llama3: {} } } };
const EVERYONE: Deployment = { configured: new Set(PROVIDER_IDS), endpoints };
const only = (...configured: ProviderId[]): Deployment => ({ configured: new Set(configured), endpoints: {} });

const resolve = (input: Partial<DelegationInput>, deployment = EVERYONE) =>
  resolveCandidates({ prompt: "Say hello", ...input }, deployment, TODAY);
const models = (input: Partial<DelegationInput>, deployment = EVERYONE) =>
  resolve(input, deployment).candidates.map(({ provider, model, requested }) => [provider, model, requested]);

function refusal(input: Partial<DelegationInput>, deployment = EVERYONE) {
  try {
    resolve(input, deployment);
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.fields[0]?.path];
    throw error;
  }
  throw new Error("it was resolved");
}

describe('resolveCandidates with model "auto"', () => {
  test("chooses as the table says, keeps what was asked, and tells why", () => {
    const { candidates, warnings } = resolve({
      model: "auto",
      task_type: "CODE_GENERATION",
      complexity: "HIGH",
      budget_mode: "BALANCED",
    });
    expect(candidates).toEqual([{ provider: "codex", endpoint: null, model: "gpt-6.2-sol", requested: "auto" }]);
    expect(warnings).toEqual([
      {
        code: "model_selected",
        message:
          "gpt-6.2-sol of codex was chosen. Complex code generation with cost and capability in balance: gpt-6.2-sol, OpenAI's flagship for long, many-step work on code.",
      },
    ]);
  });

  test("estimates the complexity from the prompt and assumes the task type, and says so", () => {
    const [warning] = resolve({ model: "auto", prompt: "Fix the race condition" }).warnings;
    expect(warning?.message).toContain("The task type was not given: CODE_GENERATION is assumed.");
    expect(warning?.message).toContain("The complexity was not given: MEDIUM is estimated from the prompt.");
    expect(models({ model: "auto", budget_mode: "COST_OPTIMIZED" })).toEqual([["claude", "claude-haiku-5-5", "auto"]]);
  });

  test("stays with the provider that was named", () => {
    expect(models({ provider: "gemini", model: "auto", complexity: "HIGH" })).toEqual([["gemini", "gemini-4-neon", "auto"]]);
  });

  test("leaves it to GitHub with copilot, and to the endpoint with compatible", () => {
    expect(models({ provider: "copilot", model: "auto" })).toEqual([["copilot", "", "auto"]]);
    expect(models({ provider: "compatible", model: "auto" })).toEqual([["compatible", "auto", "auto"]]);
  });

  test("tells that a provider is passed over because it is not configured", () => {
    const ask = { model: "auto", complexity: "HIGH" } as const;
    expect(models(ask, only("claude"))).toEqual([["claude", "claude-sonnet-5-5", "auto"]]);
    expect(resolve(ask, only("claude")).warnings[0]?.message).toContain("Passed over gpt-6.2-sol: codex is not configured here.");
  });

  test.each([
    [{ model: "auto" }, only(), ["provider_not_configured", "model"]],
    [{ model: "auto" }, only("copilot"), ["provider_not_configured", "model"]],
    [{ model: "auto", provider: "gemini" }, only("claude"), ["provider_not_configured", "provider"]],
    [{ model: "auto", provider: "copilot" }, only("claude"), ["provider_not_configured", "provider"]],
    [{ fallbacks: [{ model: "gpt-4" }, { model: "auto" }] }, EVERYONE, ["invalid_request", "fallbacks.1.model"]],
  ] as const)("refuses %j where it cannot be had", (input, deployment, expected) => {
    expect(refusal(input as Partial<DelegationInput>, deployment)).toEqual(expected);
  });
});

describe('resolveCandidates with fallbacks "auto"', () => {
  test("adds other vendors' peers of the first, resolved, and names them", () => {
    const { candidates, warnings } = resolve({ model: "claude-opus", fallbacks: "auto" });
    expect(candidates).toEqual([
      { provider: "claude", endpoint: null, model: "claude-opus-5-5", requested: "claude-opus" },
      { provider: "codex", endpoint: null, model: "gpt-6.2-sol", requested: "auto" },
      { provider: "gemini", endpoint: null, model: "gemini-4-neon", requested: "auto" },
    ]);
    expect(warnings).toEqual([
      {
        code: "fallbacks_selected",
        message: "Fallbacks were chosen. In this order: gpt-6.2-sol of codex, gemini-4-neon of gemini.",
      },
    ]);
  });

  test("goes with a chosen model, and with an endpoint's", () => {
    expect(models({ model: "auto", complexity: "HIGH", fallbacks: "auto" }).map(([provider]) => provider)).toEqual([
      "codex",
      "claude",
      "gemini",
    ]);
    expect(models({ model: "local/llama3", fallbacks: "auto" }).map(([, model]) => model)).toEqual([
      "llama3",
      "gpt-6.1-terra",
      "gemini-3.8-flash",
    ]);
  });

  test("says that there are none where no other vendor is configured", () => {
    const { candidates, warnings } = resolve({ model: "claude-opus", fallbacks: "auto" }, only("claude"));
    expect(candidates).toHaveLength(1);
    expect(warnings.map(({ message }) => message)).toEqual([
      "Fallbacks were chosen. There are none: no other vendor is configured here.",
    ]);
  });
});

describe("resolveCandidates with a fallback that is listed again", () => {
  test("asks the same executor once, under whatever name, and names what it dropped", () => {
    const fallbacks = [
      { provider: "claude" },
      { model: "claude-opus" },
      { model: "gpt-4-turbo" },
      { model: "claude-opus-5-5" },
      { provider: "codex", model: "gpt-6.2-sol" },
    ] as const;
    const { candidates, warnings } = resolve({ model: "claude-opus", fallbacks: [...fallbacks] });
    expect(candidates.map(({ provider, model }) => [provider, model])).toEqual([
      ["claude", "claude-opus-5-5"],
      ["claude", expect.not.stringMatching(/^claude-opus-5-5$/)],
      ["codex", "gpt-6.2-sol"],
    ]);
    const repeated = warnings.filter(({ code }) => code === "fallback_repeated").map(({ message }) => message);
    expect(repeated).toEqual([
      "fallbacks.1 is dropped: claude-opus-5-5 of claude comes earlier.",
      "fallbacks.3 is dropped: claude-opus-5-5 of claude comes earlier.",
      "fallbacks.4 is dropped: gpt-6.2-sol of codex comes earlier.",
    ]);
  });

  test("says of copilot, which chooses its model itself, only whose it is", () => {
    const { candidates, warnings } = resolve({ provider: "copilot", fallbacks: [{ provider: "copilot" }] });
    expect(candidates).toHaveLength(1);
    expect(warnings.map(({ message }) => message)).toEqual(["fallbacks.0 is dropped: copilot comes earlier."]);
  });

  test("keeps the same model of another endpoint", () => {
    const two: Deployment = { ...EVERYONE, endpoints: { ...endpoints, other: { models: { llama3: {} } } } };
    expect(
      models({ model: "local/llama3", fallbacks: [{ model: "other/llama3" }, { model: "local/llama3" }] }, two),
    ).toHaveLength(2);
  });

  test("does not repeat the warnings of what it dropped", () => {
    const codes = resolve({ model: "gpt-4", fallbacks: [{ model: "gpt-4" }] }).warnings.map(({ code }) => code);
    expect(codes.filter((code) => code === "model_retired")).toHaveLength(1);
  });
});

describe("a model whose circuit is known to be open", () => {
  const shutting = (...models: string[]): Deployment => ({
    ...EVERYONE,
    shut: (_provider, model) => (models.includes(model) ? "its circuit is open" : undefined),
  });
  const ask = { model: "auto", task_type: "CODE_GENERATION", complexity: "HIGH", budget_mode: "BALANCED" } as const;

  test("is passed over by model auto, and the answer says so", () => {
    const { candidates, warnings } = resolve(ask, shutting("gpt-6.2-sol"));
    expect(candidates).not.toContainEqual(expect.objectContaining({ model: "gpt-6.2-sol" }));
    expect(warnings[0]?.message).toContain("Passed over gpt-6.2-sol: its circuit is open.");
  });

  test("is passed over by fallbacks auto, and the answer says so", () => {
    const [, first] = resolve({ model: "claude-opus", fallbacks: "auto" }).candidates;
    const { candidates, warnings } = resolve({ model: "claude-opus", fallbacks: "auto" }, shutting(first?.model ?? ""));
    expect(candidates.map(({ model }) => model)).not.toContain(first?.model);
    expect(candidates.length).toBeGreaterThan(1);
    expect(warnings.at(-1)?.message).toContain(`Passed over ${first?.model}: its circuit is open.`);
  });

  test("is chosen all the same when there is no other", () => {
    const none: Deployment = { ...EVERYONE, shut: () => "its circuit is open" };
    expect(resolve({ ...ask, fallbacks: "auto" }, none).candidates).toEqual(resolve({ ...ask, fallbacks: "auto" }).candidates);
  });

  test("is chosen when it is asked for by name", () => {
    expect(resolve({ model: "gpt-6.2-sol" }, shutting("gpt-6.2-sol"))).toEqual(resolve({ model: "gpt-6.2-sol" }));
  });
});
