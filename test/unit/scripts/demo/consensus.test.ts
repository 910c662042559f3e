import { describe, expect, test } from "vitest";
import { consensusLines, demoConsensus } from "../../../../scripts/demo/consensus.ts";
import { ScenarioPlayer } from "../../../../simulator/read-scenario.ts";
import { FlowInput } from "../../../../src/flows/patterns.ts";
import { FLOW_EXAMPLE } from "../../../../src/http/flow-example.ts";

const panelOf = (configured: string[], simulated = true) =>
  demoConsensus(configured, simulated, "r")?.panel.map(({ provider }) => provider);

describe("demoConsensus", () => {
  test("is a body that the API takes, of all providers that answer with text", () => {
    expect(
      FlowInput.safeParse(demoConsensus(["copilot", "codex", "gemini", "claude", "compatible"], true, "r")).error,
    ).toBeUndefined();
    expect(panelOf(["copilot", "codex", "gemini", "claude", "compatible"])).toEqual(["claude", "gemini", "codex"]);
    expect(panelOf(["codex", "gemini"])).toEqual(["gemini", "codex"]);
  });

  test("asks one alone twice, and is none when there is nobody", () => {
    expect(panelOf(["codex"])).toEqual(["codex", "codex"]);
    expect(demoConsensus(["copilot"], true, "r")).toBeUndefined();
  });

  test("scripts simulated vendors only", () => {
    expect(demoConsensus(["claude"], true, "r")?.prompt).toContain("@simulate");
    expect(demoConsensus(["claude"], false, "r")?.prompt).not.toContain("@simulate");
  });
});

describe("what simulated vendors say", () => {
  const saidBy = (configured: string[], vendor: "anthropic" | "google" | "openai") =>
    new ScenarioPlayer().next(demoConsensus(configured, true, "r")?.prompt ?? "", vendor)?.text ?? "";
  const verdictIn = (answer: string) => JSON.parse(new ScenarioPlayer().next(answer, "anthropic")?.text ?? "{}");

  test.each([
    [["claude", "gemini", "codex"], "openai", "codex"],
    [["claude", "gemini"], "google", "gemini"],
  ] as const)("of %j the last dissents, and the judge names it", (configured, vendor, dissenter) => {
    expect(saidBy([...configured], vendor)).toMatch(/^A sliding window/);
    expect(saidBy([...configured], "anthropic")).toMatch(/^A token bucket/);
    const verdict = verdictIn(saidBy([...configured], "anthropic"));
    expect(verdict).toMatchObject({ agreement: 0.7, dissent: [{ member: dissenter }] });
  });

  test("one alone agrees with itself", () => {
    expect(verdictIn(saidBy(["codex"], "openai"))).toMatchObject({ agreement: 1, dissent: [] });
  });
});

describe("consensusLines", () => {
  const ended = { ...FLOW_EXAMPLE, status: "completed" as const, output: "Both\nare  right." };

  test("show the synthesis, the agreement and who dissents on what", () => {
    const dissent = [{ member: "codex", point: "Not\nquite." }];
    const text = consensusLines({ ...ended, output_data: { synthesis: "", agreement: 0.7, dissent } }).join("\n");
    expect(text).toMatch(/^ {2}Both are right\.\n {2}agreement 0\.7\n\n/);
    expect(text).toMatch(/codex +Not quite\.$/);
  });

  test("say that nobody dissents, and why there is no consensus", () => {
    expect(consensusLines({ ...ended, output_data: { synthesis: "", agreement: 1, dissent: [] } })[1]).toBe(
      "  agreement 1, nobody dissents",
    );
    const error = { code: "too_few_answers" as const, message: "Nobody answered.", step: null };
    expect(consensusLines({ ...ended, status: "failed", error })).toEqual(["  The flow is failed: Nobody answered."]);
  });
});
