import type { DelegationInput } from "../../src/delegations/delegation.ts";

type ProviderId = NonNullable<DelegationInput["provider"]>;

const WORK = [
  { name: "design", prompt: "Design the storage of a rate limiter that survives restarts.", task_type: "ARCHITECTURE" },
  { name: "review", prompt: "Review this: function half(n) { return n >> 1 }", task_type: "CODE_REVIEW" },
  { name: "tests", prompt: "Write tests for a function that parses ISO 8601 durations.", task_type: "TESTING" },
  { name: "docs", prompt: "Summarize what an idempotency key is for, in three sentences.", task_type: "DOCUMENTATION" },
] as const;

/** The order in which providers are taken; `compatible` has no default model, so it needs its endpoint's name. */
const ORDER: ProviderId[] = ["claude", "gemini", "codex", "copilot", "compatible"];

/** What the simulated vendors do with the task that fails first: they count calls by their texts, so the run's name makes it new. */
const ANSWER =
  "1. PT0S is zero.\n2. P1DT2H is 26 hours.\n3. P1M is refused: a month has no length.\n4. The empty text is refused.";
const SCRIPT = `@simulate ${JSON.stringify([
  { status: 503, headers_ms: 400 },
  { text: ANSWER, delay_ms: 60 },
])}`;

type DemoInput = Omit<DelegationInput, "fallbacks"> & { task_id: string; fallbacks?: { provider: ProviderId }[] };
export type DemoTask = { name: string; input: DemoInput; failsFirst: boolean };

/**
 * Four tasks over the configured providers, each with another provider as its fallback. Simulated vendors are told to refuse
 * the third task at first, so that its fallback is used; a real vendor is asked for nothing but the task.
 */
export function demoTasks(configured: readonly string[], simulated: boolean, run: string): DemoTask[] {
  const providers = ORDER.filter((id) => configured.includes(id) && (id !== "compatible" || simulated));
  if (providers.length === 0) throw new Error("No provider with a model of its own is configured");
  const at = (index: number): ProviderId => providers[index % providers.length] ?? "claude";
  return WORK.map(({ name, prompt, task_type }, index) => {
    const failsFirst = simulated && name === "tests";
    const provider = at(index);
    const fallback = at(index + 1) === "copilot" ? at(0) : at(index + 1);
    const input: DemoInput = {
      task_id: `demo-${run}-${name}`,
      provider,
      ...(provider === "compatible" && { model: "local/llama3" }),
      prompt,
      ...(failsFirst && { system: `Run ${run}.\n${SCRIPT}` }),
      task_type,
      max_output_tokens: 1_000,
      max_attempts: 1,
      properties: { demo: run },
      ...(fallback !== provider && fallback !== "compatible" && { fallbacks: [{ provider: fallback }] }),
    };
    return { name, input, failsFirst };
  });
}
