import { describe, expect, test } from "vitest";
import { readScenarios, ScenarioError, ScenarioPlayer } from "../../../simulator/read-scenario.ts";
import type { Scenario } from "../../../simulator/scenario.ts";
import { simulate } from "../../../simulator/simulate.ts";
import { repairPrompt } from "../../../src/delegations/attempts/repair-prompt.ts";

describe("readScenarios", () => {
  test("reads what simulate wrote, whatever the text holds", () => {
    const scenario: Scenario = { text: 'a\nb\r\n\u2028\u2029 @simulate {} 🙂 " \\', delay_ms: 5, usage: { input_tokens: 3 } };
    expect(readScenarios(simulate(scenario, "go"))).toEqual([scenario]);
  });

  test("reads a list", () => {
    expect(readScenarios(simulate([{ status: 503 }, { text: "second" }]))).toEqual([{ status: 503 }, { text: "second" }]);
  });

  test("finds the line anywhere in the prompt, also after Windows line ends", () => {
    expect(readScenarios('Be brief.\r\n@simulate {"text":"x"}\r\nmore')).toEqual([{ text: "x" }]);
  });

  test.each(["no line at all", "mentions @simulate {} in passing", "@simulate", "@simulated {}"])(
    "finds none in %j",
    (prompt) => {
      expect(readScenarios(prompt)).toBeUndefined();
    },
  );

  test.each([
    ["@simulate {text}", /not valid JSON/],
    ['@simulate {"txt":"typo"}', /txt/],
    ['@simulate {"delay_ms":-1}', /delay_ms/],
    ['@simulate {"status":200}', /status/],
    ['@simulate {"fault":{"kind":"explode","after":1}}', /fault/],
    ["@simulate []", /not a scenario/],
  ])("refuses %s and says why", (line, why) => {
    expect(() => readScenarios(line)).toThrow(ScenarioError);
    expect(() => readScenarios(line)).toThrow(why);
  });
});

describe("ScenarioPlayer", () => {
  const list = (name: string) => simulate([{ text: "first" }, { text: "second" }], name);

  test("plays a list call by call and stays at its last entry", () => {
    const player = new ScenarioPlayer();
    expect([1, 2, 3].map(() => player.next(list("p"), "openai")?.text)).toEqual(["first", "second", "second"]);
  });

  test("counts each distinct prompt by itself", () => {
    const player = new ScenarioPlayer();
    player.next(list("p"), "openai");
    expect(player.next(list("q"), "openai")?.text).toBe("first");
  });

  test("takes an agent task of another attempt for the same prompt", () => {
    const player = new ScenarioPlayer();
    player.next(`${list("p")}\n\ndepute-task: 01J/1`, "openai");
    expect(player.next(`${list("p")}\n\ndepute-task: 01J/2`, "openai")?.text).toBe("second");
  });

  test("takes the repair of an answer for the same prompt", () => {
    const player = new ScenarioPlayer();
    player.next(list("p"), "openai");
    const repair = repairPrompt(list("p"), { answer: "first", isCut: false, problem: "It is not JSON." });
    expect(player.next(repair, "openai")?.text).toBe("second");
    expect(player.next(list("p"), "openai")?.text).toBe("second");
  });

  test("passes over what is for another vendor", () => {
    const script = simulate(
      [
        { vendor: "google", text: "from google" },
        { vendor: "openai", text: "from openai" },
      ],
      "p",
    );
    const player = new ScenarioPlayer();
    const asked = (["openai", "google", "openai"] as const).map((vendor) => player.next(script, vendor)?.text);
    expect(asked).toEqual(["from openai", "from google", "from openai"]);
    expect(player.next(script, "anthropic")).toBeUndefined();
  });

  test("starts from the beginning after a reset", () => {
    const player = new ScenarioPlayer();
    player.next(list("p"), "openai");
    player.reset();
    expect(player.next(list("p"), "openai")?.text).toBe("first");
  });

  test("has nothing for a prompt without the line", () => {
    expect(new ScenarioPlayer().next("Write a poem", "openai")).toBeUndefined();
  });
});
