import { describe, expect, test } from "vitest";
import { demoTasks } from "../../../../scripts/demo/tasks.ts";
import { DelegationInput } from "../../../../src/delegations/delegation.ts";

const EVERY = ["claude", "gemini", "codex", "copilot", "compatible"];
const providers = (configured: string[], simulated = true) =>
  demoTasks(configured, simulated, "r").map(({ input }) => input.provider);

describe("demoTasks", () => {
  test("are four bodies that the API takes", () => {
    for (const { input } of demoTasks(EVERY, true, "r")) expect(DelegationInput.safeParse(input).error).toBeUndefined();
  });

  test("go to four providers when there are that many", () => {
    expect(providers(EVERY)).toEqual(["claude", "gemini", "codex", "copilot"]);
    expect(providers(["claude", "gemini", "codex", "compatible"])).toEqual(["claude", "gemini", "codex", "compatible"]);
  });

  test("take turns on fewer", () => {
    expect(providers(["gemini", "codex"])).toEqual(["gemini", "codex", "gemini", "codex"]);
  });

  test("have another provider than their own behind them, if there is one", () => {
    for (const { input } of demoTasks(EVERY, true, "r")) {
      for (const fallback of input.fallbacks ?? []) expect(fallback.provider).not.toBe(input.provider);
    }
    expect(demoTasks(["claude"], true, "r").flatMap(({ input }) => input.fallbacks ?? [])).toEqual([]);
  });

  test("one simulated task is refused at first and has a fallback; a real vendor is told nothing of it", () => {
    const [refused, ...others] = demoTasks(EVERY, true, "r").filter(({ failsFirst }) => failsFirst);
    expect(others).toEqual([]);
    expect(refused?.input.system).toMatch(/r\.\n@simulate \[\{"status":503/);
    expect(refused?.input.fallbacks).toHaveLength(1);
    for (const { input, failsFirst } of demoTasks(EVERY, false, "r")) {
      expect(failsFirst).toBe(false);
      expect(input.system).toBeUndefined();
    }
  });

  test("an endpoint of someone else is not asked, since its models are not known", () => {
    expect(providers(["claude", "compatible"], false)).toEqual(["claude", "claude", "claude", "claude"]);
    expect(() => demoTasks(["compatible"], false, "r")).toThrow("No provider");
  });
});
