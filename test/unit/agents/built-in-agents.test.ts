import { describe, expect, test } from "vitest";
import { AgentName, AgentSettings } from "../../../src/agents/agent.ts";
import { BUILT_IN_AGENTS } from "../../../src/agents/built-in-agents.ts";
import { readConfig } from "../../../src/config.ts";
import { checkAgentDefaults } from "../../../src/delegations/admission/admission.ts";

const NOW = new Date("2026-11-22T10:00:00.000Z");
const DEPLOYMENTS: [string, object][] = [
  ["claude", { ANTHROPIC_API_KEY: "a" }],
  ["codex", { OPENAI_API_KEY: "o" }],
  ["gemini", { GEMINI_API_KEY: "g" }],
  ["one endpoint", { COMPATIBLE_ENDPOINTS: '{"local": {"base_url": "http://127.0.0.1:1/v1", "models": {"llama3": {}}}}' }],
];

describe("the built-in agents", () => {
  test("are those that come with every workspace", () => {
    expect([...BUILT_IN_AGENTS.keys()]).toEqual(["default", "coder", "reviewer", "tester", "writer", "architect"]);
  });

  test.each([...BUILT_IN_AGENTS])("%s is valid as if somebody had saved it", (name, settings) => {
    expect(AgentName.parse(name)).toBe(name);
    expect(AgentSettings.parse(settings)).toEqual(settings);
  });

  test.each(DEPLOYMENTS)("each works where only %s is configured", (_name, settings) => {
    for (const { description, ...defaults } of BUILT_IN_AGENTS.values())
      expect(() => checkAgentDefaults(defaults, readConfig(settings), NOW)).not.toThrow();
  });

  test("default is neutral: it says nothing of the task", () => {
    const { description, ...defaults } = BUILT_IN_AGENTS.get("default") ?? {};
    expect([description, defaults]).toEqual([expect.any(String), {}]);
  });

  test("the others say what they are and for what kind of work", () => {
    for (const [name, { system, task_type }] of [...BUILT_IN_AGENTS])
      expect([name, system !== undefined, task_type !== undefined]).toEqual([name, name !== "default", name !== "default"]);
  });
});
