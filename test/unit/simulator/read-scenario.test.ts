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
    expect([1, 2, 3].map(() => player.next(list("p"))?.text)).toEqual(["first", "second", "second"]);
  });

  test("counts each distinct prompt by itself", () => {
    const player = new ScenarioPlayer();
    player.next(list("p"));
    expect(player.next(list("q"))?.text).toBe("first");
  });

  test("takes an agent task of another attempt for the same prompt", () => {
    const player = new ScenarioPlayer();
    player.next(`${list("p")}\n\ndepute-task: 01J/1`);
    expect(player.next(`${list("p")}\n\ndepute-task: 01J/2`)?.text).toBe("second");
  });

  test("takes the repair of an answer for the same prompt", () => {
    const player = new ScenarioPlayer();
    player.next(list("p"));
    const repair = repairPrompt(list("p"), { answer: "first", isCut: false, problem: "It is not JSON." });
    expect(player.next(repair)?.text).toBe("second");
    expect(player.next(list("p"))?.text).toBe("second");
  });

  test("takes the line of the system text where the prompt has none, and counts both together", () => {
    const player = new ScenarioPlayer();
    expect(player.next("p", list("be brief"))?.text).toBe("first");
    expect(player.next("p", list("be brief"))?.text).toBe("second");
    expect(player.next("p", list("be long"))?.text).toBe("first");
    expect(player.next("q", list("be brief"))?.text).toBe("first");
  });

  test("prefers the line of the prompt, which it counts whatever the system text", () => {
    const player = new ScenarioPlayer();
    expect(player.next(list("p"), simulate({ text: "of the system" }))?.text).toBe("first");
    expect(player.next(list("p"))?.text).toBe("second");
  });

  test("starts from the beginning after a reset", () => {
    const player = new ScenarioPlayer();
    player.next(list("p"));
    player.reset();
    expect(player.next(list("p"))?.text).toBe("first");
  });

  test("has nothing for a prompt without the line", () => {
    expect(new ScenarioPlayer().next("Write a poem")).toBeUndefined();
  });
});
