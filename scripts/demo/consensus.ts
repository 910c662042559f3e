import type { Flow } from "../../src/flows/flow.ts";
import type { FlowInput } from "../../src/flows/patterns.ts";
import { table } from "./table.ts";

type Consensus = Extract<FlowInput, { pattern: "consensus" }>;
type Verdict = { synthesis: string; agreement: number; dissent: { member: string; point: string }[] };

const QUESTION = "Token bucket or sliding window, for a rate limiter that survives restarts? Answer in two sentences.";
/** Those that answer with text, and have a default model. */
const MEMBERS = ["claude", "gemini", "codex"] as const;

const BUCKET = "A token bucket. It keeps two numbers, which are quickly stored.";
const WINDOW = "A sliding window. Nothing else is exact at the edge of a window.";
const SYNTHESIS = "A token bucket: two numbers are all that has to survive a restart.";
const EXCEPTION = " Where bursts must not pass, a sliding window.";
const POINT = "Bursts at the edge of a window decide it, and only a sliding window is exact there.";

/** What simulated vendors are told to answer; real ones are told nothing. */
const scripted = (simulated: boolean, text: string): { system?: string } =>
  simulated ? { system: `@simulate ${JSON.stringify({ text, delay_ms: 20 })}` } : {};

/** Of several members `dissenter` dissents; one alone agrees with itself. */
const verdictOn = (dissenter: string | undefined): Verdict =>
  dissenter === undefined
    ? { synthesis: SYNTHESIS, agreement: 1, dissent: [] }
    : { synthesis: SYNTHESIS + EXCEPTION, agreement: 0.7, dissent: [{ member: dissenter, point: POINT }] };

/** A question to all configured providers that answer one; undefined when there are none. One alone is asked twice. */
export function demoConsensus(configured: readonly string[], simulated: boolean, run: string): Consensus | undefined {
  const providers = MEMBERS.filter((provider) => configured.includes(provider));
  const [first, second = first] = providers;
  if (first === undefined || second === undefined) return undefined;
  const dissenter = providers.length > 1 ? providers.at(-1) : undefined;
  const panel = [first, second, ...providers.slice(2)].map((provider) => ({
    name: provider,
    provider,
    max_output_tokens: 1_000,
    ...scripted(simulated, provider === dissenter ? WINDOW : BUCKET),
  }));
  return {
    pattern: "consensus",
    flow_id: `demo-${run}-consensus`,
    prompt: QUESTION,
    panel,
    judge: { provider: first, max_output_tokens: 2_000, ...scripted(simulated, JSON.stringify(verdictOn(dissenter))) },
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
