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

  test("scripts simulated vendors only, and never in what is asked", () => {
    const asked = demoConsensus(["claude", "codex"], true, "r");
    expect(asked?.prompt).toBe(demoConsensus(["claude", "codex"], false, "r")?.prompt);
    expect(asked?.panel.every(({ system }) => system?.startsWith("@simulate "))).toBe(true);
    const real = demoConsensus(["claude", "codex"], false, "r");
    expect([...(real?.panel ?? []), real?.judge].map((role) => role?.system)).toEqual([undefined, undefined, undefined]);
  });
});

describe("what simulated vendors say", () => {
  const saidTo = (system: string | undefined) => new ScenarioPlayer().next("", system)?.text ?? "";
  const answers = (configured: string[]) => demoConsensus(configured, true, "r")?.panel.map(({ system }) => saidTo(system));
  const verdict = (configured: string[]) => JSON.parse(saidTo(demoConsensus(configured, true, "r")?.judge?.system));

  test.each([
    [["claude", "gemini", "codex"], "codex"],
    [["claude", "gemini"], "gemini"],
  ])("of %j the last dissents, and the judge names it", (configured, dissenter) => {
    const said = answers(configured) ?? [];
    expect(said.at(-1)).toMatch(/^A sliding window/);
    for (const other of said.slice(0, -1)) expect(other).toMatch(/^A token bucket/);
    expect(verdict(configured)).toMatchObject({ agreement: 0.7, dissent: [{ member: dissenter }] });
  });

  test("one alone agrees with itself", () => {
    expect(answers(["codex"])).toEqual([expect.stringMatching(/^A token bucket/), expect.stringMatching(/^A token bucket/)]);
    expect(verdict(["codex"])).toMatchObject({ agreement: 1, dissent: [] });
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
