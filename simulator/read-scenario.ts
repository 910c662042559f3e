import { z } from "zod";
import { REPAIR_OPENS } from "../src/delegations/attempts/repair-prompt.ts";
import { OUTCOMES } from "../src/providers/provider.ts";
import type { Scenario } from "./scenario.ts";

const Count = z.number().int().min(0);
const Milliseconds = z.number().min(0);

const ScenarioSchema: z.ZodType<Scenario> = z.strictObject({
  text: z.string().exactOptional(),
  repeat: Count.exactOptional(),
  reasoning: z.string().exactOptional(),
  delta_chars: z.number().int().min(1).exactOptional(),
  split_bytes: z.number().int().min(1).exactOptional(),
  headers_ms: Milliseconds.exactOptional(),
  first_ms: Milliseconds.exactOptional(),
  delay_ms: Milliseconds.exactOptional(),
  model: z.string().exactOptional(),
  service_tier: z.string().exactOptional(),
  usage: z
    .strictObject({
      input_tokens: Count.exactOptional(),
      cached_input_tokens: Count.exactOptional(),
      cache_write_input_tokens: Count.exactOptional(),
      output_tokens: Count.exactOptional(),
      reasoning_output_tokens: Count.exactOptional(),
    })
    .exactOptional(),
  outcome: z.enum(OUTCOMES).exactOptional(),
  status: z.number().int().min(400).max(599).exactOptional(),
  error: z.enum(["quota_exhausted", "spend_limit", "context_overflow"]).exactOptional(),
  retry_after: z.number().min(0).exactOptional(),
  fault: z.strictObject({ kind: z.enum(["error_event", "close", "drop", "malformed", "hang"]), after: Count }).exactOptional(),
  polls: Count.exactOptional(),
  nano_credits: Count.exactOptional(),
  state: z.enum(["completed", "failed", "timed_out", "cancelled", "waiting_for_user", "idle"]).exactOptional(),
});
const ScenarioList = z.array(ScenarioSchema).min(1);

/** Only line feeds and carriage returns end a line: JSON may hold U+2028 and U+2029 as they are. */
const LINE = /(?:^|[\r\n])@simulate[ \t]+([^\r\n]+)/;

/** A `@simulate` line that cannot be played; its message says what is wrong with it. */
export class ScenarioError extends Error {}

/** The scenarios of the prompt's `@simulate` line; undefined without one. Throws ScenarioError when the line is not valid. */
export function readScenarios(prompt: string): readonly Scenario[] | undefined {
  const line = LINE.exec(prompt)?.[1];
  if (line === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new ScenarioError("The @simulate line is not valid JSON.");
  }
  const parsed = ScenarioList.safeParse(Array.isArray(json) ? json : [json]);
  if (!parsed.success) throw new ScenarioError(`The @simulate line is not a scenario. ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const PROMPTS_KEPT = 20_000;

/** Plays the lists of scenarios: counts the calls of each distinct prompt that carries a list. */
export class ScenarioPlayer {
  readonly #calls = new Map<string, number>();

  /** The scenario of this call, of its prompt's line or else its system text's; undefined without one. Throws ScenarioError. */
  next(prompt: string, system = ""): Scenario | undefined {
    const own = readScenarios(prompt);
    const scenarios = own ?? readScenarios(system);
    if (scenarios === undefined || scenarios.length === 1) return scenarios?.[0];
    const key = `${own === undefined ? system : ""}\n${asGiven(prompt)}`.replace(MARKER, "").trim();
    const call = this.#calls.get(key) ?? 0;
    if (call === 0 && this.#calls.size >= PROMPTS_KEPT) this.#calls.delete(this.#calls.keys().next().value ?? "");
    this.#calls.set(key, call + 1);
    return scenarios[Math.min(call, scenarios.length - 1)];
  }

  reset(): void {
    this.#calls.clear();
  }
}

/** A prompt without what is added to it when its answer is to be repaired. */
const asGiven = (prompt: string): string => prompt.split(REPAIR_OPENS, 1)[0] ?? "";

/** What the Copilot adapter adds to find its own task again differs by attempt and is no part of what tells prompts apart. */
const MARKER = /^depute-task: .*$/gm;
