import { describe, expect, test } from "vitest";
import { selectModel } from "../../../src/models/selection.ts";
import { noon } from "./catalogued.ts";
import { only } from "./resolving.ts";
import { dollarsFor, EVERY_VENDOR, select, TODAY } from "./selecting.ts";

const CODE_HIGH_BALANCED = { task_type: "CODE_GENERATION", complexity: "HIGH", budget_mode: "BALANCED" } as const;
const CODE_MEDIUM_CHEAP = { task_type: "CODE_GENERATION", complexity: "MEDIUM", budget_mode: "COST_OPTIMIZED" } as const;
const CODE_LOW_CHEAP = { ...CODE_MEDIUM_CHEAP, complexity: "LOW" } as const;

describe("selectModel: the cells that the original describes", () => {
  test("complex code at a balanced cost is gpt-4-turbo's, on codex", () => {
    expect(select(CODE_HIGH_BALANCED)).toMatchObject({ alias: "gpt-4-turbo", model: "gpt-6.2-sol", provider: "codex" });
  });

  test("moderate code at the lowest cost is claude-haiku's", () => {
    expect(select(CODE_MEDIUM_CHEAP)).toMatchObject({ alias: "claude-haiku", model: "claude-haiku-5-5", provider: "claude" });
  });

  test("simple code at the lowest cost is no dearer than moderate code", () => {
    const [simple, moderate] = [select(CODE_LOW_CHEAP), select(CODE_MEDIUM_CHEAP)];
    expect(dollarsFor(simple.model, TODAY)).toBeLessThanOrEqual(dollarsFor(moderate.model, TODAY));
  });
});

describe("selectModel: the answer", () => {
  test("says why, in words of the work and of the model", () => {
    expect(select(CODE_HIGH_BALANCED).reason).toBe(
      "Complex code generation with cost and capability in balance: gpt-6.2-sol, OpenAI's flagship for long, many-step work on code.",
    );
  });

  test("names other vendors' peers as fallbacks", () => {
    expect(select(CODE_HIGH_BALANCED).fallbacks).toEqual([
      { provider: "claude", model: "claude-sonnet-5-5" },
      { provider: "gemini", model: "gemini-4-neon" },
    ]);
  });

  test("lists what the other budget modes choose, then the peers, each once and never the chosen one", () => {
    expect(select(CODE_HIGH_BALANCED).alternatives.map(({ alias }) => alias)).toEqual([
      "gpt-4",
      "claude-opus",
      "claude-sonnet",
      "gemini-1.5-pro",
    ]);
    expect(select({ ...CODE_HIGH_BALANCED, task_type: "ARCHITECTURE" }).alternatives.map(({ alias }) => alias)).toEqual([
      "claude-sonnet",
      "gpt-4-turbo",
      "gemini-1.5-pro",
    ]);
  });

  test("passes over nothing where everything is configured", () => {
    expect(select(CODE_HIGH_BALANCED).passed_over).toEqual([]);
  });
});

describe("selectModel: what cannot be had", () => {
  test("a provider that is not configured is passed over for a peer, and the answer says so", () => {
    const answer = select(CODE_HIGH_BALANCED, only("claude", "gemini"));
    expect(answer).toMatchObject({
      alias: "claude-sonnet",
      passed_over: [{ model: "gpt-6.2-sol", provider: "codex", reason: "codex is not configured here" }],
    });
    expect(answer.reason).toContain("Passed over gpt-6.2-sol: codex is not configured here.");
    expect(answer.alternatives.map(({ provider }) => provider)).not.toContain("codex");
    expect(answer.fallbacks.map(({ provider }) => provider)).toEqual(["gemini"]);
  });

  test("a vendor that is asked for is kept to", () => {
    const answer = select({ ...CODE_HIGH_BALANCED, provider: "gemini" });
    expect(answer.provider).toBe("gemini");
    expect(answer.passed_over.map(({ reason }) => reason)).toEqual(["only gemini was asked for", "only gemini was asked for"]);
    expect(answer.alternatives.every(({ provider }) => provider === "gemini")).toBe(true);
  });

  test("a model that is not on sale on the day is passed over", () => {
    const answer = select({ ...CODE_HIGH_BALANCED, task_type: "DEBUGGING" }, EVERY_VENDOR, noon("2026-09-27"));
    expect(answer.passed_over).toEqual([
      { model: "claude-sonnet-5-5", provider: "claude", reason: "it has no price on this day" },
    ]);
  });

  test("a stand-in that would cost less than cheaper work is passed over, and the cheaper work's model does it", () => {
    const beforeNeon = noon("2026-11-17");
    const answer = select(CODE_HIGH_BALANCED, only("gemini"), beforeNeon);
    expect(answer.model).toBe("gemini-3.8-flash");
    expect(answer.passed_over.filter(({ provider }) => provider === "gemini")).toEqual([
      { model: "gemini-4-neon", provider: "gemini", reason: "it has no price on this day" },
      {
        model: "gemini-3.5-flash-lite",
        provider: "gemini",
        reason: "it costs less than gemini-3.8-flash, which does easier or cheaper work here",
      },
    ]);
  });

  test.each([[[]], [["copilot", "compatible"]]] as const)("with %j configured there is nothing to choose from", (configured) => {
    const refusal = selectModel(CODE_HIGH_BALANCED, only(...configured), TODAY);
    expect(refusal).toMatchObject({ ok: false, code: "provider_not_configured", field: "model" });
  });

  test("a vendor that is asked for and not configured is refused as the provider", () => {
    const refusal = selectModel({ ...CODE_HIGH_BALANCED, provider: "gemini" }, only("claude"), TODAY);
    expect(refusal).toMatchObject({ ok: false, code: "provider_not_configured", field: "provider" });
  });
});
