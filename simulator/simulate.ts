import type { Scenario } from "./scenario.ts";

/** A prompt that makes the simulator play `scenario` (a list: call by call); `prompt` follows the line and tells prompts apart. */
export function simulate(scenario: Scenario | readonly Scenario[], prompt = ""): string {
  return `@simulate ${JSON.stringify(scenario)}\n${prompt}`;
}
