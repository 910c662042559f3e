import { describe, expect, test } from "vitest";
import type { Scenario } from "../../simulator/scenario.ts";
import type { Outcome, Usage } from "../../src/providers/provider.ts";
import { SimulatedCall } from "./simulated-call.ts";
import { type ByVendor, VENDOR_NAMES, type VendorName, valueFor } from "./vendors.ts";

/** Two, three and four bytes a character, a joined emoji, a flag, combining marks, and what JSON escapes. */
const MULTI_BYTE = 'é ß 日本語 한국 🙂 👩‍👩‍👧‍👦 🇩🇪 e\u0301 a\u0323\u0302 \u2028 \u0000 " \\ \r\n\ttab data: event:\n\n';

const COUNTS: Usage = {
  input_tokens: 1_000,
  cached_input_tokens: 600,
  cache_write_input_tokens: 100,
  output_tokens: 300,
  reasoning_output_tokens: 120,
};
/** Gemini has no billed cache writes and reports none. */
const REPORTED: ByVendor<Usage> = { all: COUNTS, gemini: { ...COUNTS, cache_write_input_tokens: 0 } };

type Ending = { title: string; scenario: Scenario; outcome: ByVendor<Outcome>; vendors?: readonly VendorName[] };

const ENDINGS: readonly Ending[] = [
  { title: "an answer that came to its end completes", scenario: { text: "all" }, outcome: { all: "completed" } },
  { title: "the output limit truncates", scenario: { text: "ha", outcome: "truncated" }, outcome: { all: "truncated" } },
  {
    title: "a refusal is refused",
    scenario: { outcome: "refused" },
    outcome: { all: "refused", gemini: "blocked" },
  },
  {
    title: "a safety block is blocked",
    scenario: { outcome: "blocked" },
    outcome: { all: "blocked", claude: "refused" },
  },
  {
    title: "a safety block in mid-answer is blocked",
    scenario: { text: "Take two", outcome: "blocked" },
    outcome: { all: "blocked" },
    vendors: ["gemini", "compatible"],
  },
  {
    title: "a full context window exceeds the context",
    scenario: { text: "Once upon", outcome: "context_exceeded" },
    outcome: { all: "context_exceeded" },
    vendors: ["claude", "codex"],
  },
];

describe.each(VENDOR_NAMES)("%s: stream", (vendor) => {
  test("passes the text on piece by piece", async () => {
    const call = new SimulatedCall(vendor, { text: "one two three", delta_chars: 4 });
    await call.completion();
    expect(call.sink.texts).toEqual(["one ", "two ", "thre", "e"]);
  });

  test("keeps characters whole when the body is cut at every byte", async () => {
    const call = new SimulatedCall(vendor, { text: MULTI_BYTE, delta_chars: 3, split_bytes: 1 });
    expect((await call.completion()).outcome).toBe("completed");
    expect(call.text).toBe(MULTI_BYTE);
  });

  test("keeps a long answer whole", async () => {
    const call = new SimulatedCall(vendor, { text: "0123456789", repeat: 20_000, delta_chars: 997, split_bytes: 1_000 });
    await call.completion();
    expect(call.text).toBe("0123456789".repeat(20_000));
  });

  test("passes thinking to the sink's reasoning and not to the text", async () => {
    const call = new SimulatedCall(vendor, {
      reasoning: "Let me think 🤔 it over.",
      text: "Done.",
      delta_chars: 5,
      split_bytes: 3,
    });
    await call.completion();
    expect(call.reasoning).toBe("Let me think 🤔 it over.");
    expect(call.text).toBe("Done.");
  });

  test("counts cached, written and thinking tokens as parts of the whole", async () => {
    const call = new SimulatedCall(vendor, { text: "counted", usage: COUNTS });
    const completion = await call.completion();
    expect(completion.usage).toEqual(valueFor(REPORTED, vendor));
    expect(completion.usageFinal).toBe(true);
    expect(call.sink.usages.at(-1)).toEqual(completion.usage);
  });

  test("names the model that answered and the vendor's service tier", async () => {
    const call = new SimulatedCall(vendor, { text: "hi", model: "routed-elsewhere", service_tier: "priority" });
    const completion = await call.completion();
    expect(completion).toMatchObject({
      model: "routed-elsewhere",
      serviceTier: "priority",
      requestId: expect.stringMatching(/./),
    });
    expect(call.sink.answers.at(-1)).toMatchObject({ model: "routed-elsewhere" });
  });
});

describe.each(VENDOR_NAMES)("%s: outcome", (vendor) => {
  const endings = ENDINGS.filter(({ vendors }) => vendors === undefined || vendors.includes(vendor));

  test.each(endings)("$title", async ({ scenario, outcome }) => {
    const call = new SimulatedCall(vendor, scenario);
    const completion = await call.completion();
    expect(completion.outcome).toBe(valueFor(outcome, vendor));
    expect(completion.finish).toMatch(/./);
    if (scenario.text !== undefined) expect(call.text).toBe(scenario.text);
  });
});

describe.each(["gemini", "compatible"] as const)("%s: outcome", (vendor) => {
  test("a full context window is refused before any stream", async () => {
    const failure = await new SimulatedCall(vendor, { outcome: "context_exceeded" }).failure();
    expect(failure).toMatchObject({ code: "context_exceeded", free: true });
  });
});
