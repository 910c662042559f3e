import type { Flow } from "../../src/flows/flow.ts";
import type { FlowInput } from "../../src/flows/patterns.ts";
import { table } from "./table.ts";

type Consensus = Extract<FlowInput, { pattern: "consensus" }>;
type Verdict = { agreement: number; dissent: { member: string; point: string }[] };

const QUESTION = "Token bucket or sliding window, for a rate limiter that survives restarts? Answer in two sentences.";
/** Those that answer with text, and have a default model. */
const MEMBERS = ["claude", "gemini", "codex"] as const;

const VERDICT = {
  synthesis: "A token bucket: two numbers are all that has to survive a restart. Where bursts must not pass, a sliding window.",
  agreement: 0.7,
  dissent: [{ member: "codex", point: "Bursts at the edge of a window decide it, and only a sliding window is exact there." }],
};
const OPINIONS = [
  "A token bucket. It keeps two numbers, which are quickly stored.",
  "A token bucket. After a restart it is at worst a little too generous.",
  "A sliding window. Nothing else is exact at the edge of a window.",
];

/** The answers of simulated vendors are scripted, each of them carrying what the judge is to say. */
function script(): string {
  const verdict = `@simulate ${JSON.stringify({ text: JSON.stringify(VERDICT), delay_ms: 20 })}`;
  return `@simulate ${JSON.stringify(OPINIONS.map((text) => ({ text: `${text}\n${verdict}`, delay_ms: 20 })))}`;
}

/** A question to all configured providers that answer one; undefined when there are none. One alone is asked twice. */
export function demoConsensus(configured: readonly string[], simulated: boolean, run: string): Consensus | undefined {
  const providers = MEMBERS.filter((provider) => configured.includes(provider));
  const [first, second = first] = providers;
  if (first === undefined || second === undefined) return undefined;
  const panel = [first, second, ...providers.slice(2)].map((provider) => ({
    name: provider,
    provider,
    max_output_tokens: 1_000,
  }));
  return {
    pattern: "consensus",
    flow_id: `demo-${run}-consensus`,
    prompt: simulated ? `${QUESTION} (${run})\n${script()}` : QUESTION,
    panel,
    judge: { provider: first, max_output_tokens: 2_000 },
    properties: { demo: run },
  };
}

/** What the flow came to, line by line: the synthesis, how far the panel agrees, and who dissents on what. */
export function consensusLines({ status, output, output_data, error }: Flow): string[] {
  if (status !== "completed") return [`  The flow is ${status}: ${error?.message ?? ""}`];
  const { agreement, dissent } = output_data as unknown as Verdict;
  const said = `  ${(output ?? "").replaceAll(/\s+/g, " ").trim()}`;
  if (dissent.length === 0) return [said, `  agreement ${agreement}, nobody dissents`];
  const rows = dissent.map(({ member, point }) => [member, point.replaceAll(/\s+/g, " ").trim()]);
  return [said, `  agreement ${agreement}`, "", ...table(["dissent", "on"], rows)];
}
