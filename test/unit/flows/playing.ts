import type { Advance, Ending, StepAsk, StepState } from "../../../src/flows/pattern.ts";
import { advanceOf, FlowInput } from "../../../src/flows/patterns.ts";

/** How a step ends: with an answer (for a step by schema its value), or without. */
export type Played = { data?: unknown; status?: "failed" | "cancelled"; code?: string };

/** The input of a body that is valid. */
export const inputOf = (body: unknown): FlowInput => FlowInput.parse(body);

/** The paths and messages of what is wrong with a body. */
export function problemsOf(body: unknown): string[] {
  const { error } = FlowInput.safeParse(body);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** How a step looks that ended so. */
function ended(played: Played): StepState {
  if (played.status === undefined) return { status: "completed", data: played.data ?? null, error: null };
  const error = { code: played.code ?? "provider_upstream", message: "It broke." };
  return { status: played.status, data: null, error };
}

const RUNNING: StepState = { status: "running", data: null, error: null };

const MOST_TURNS = 1_000;

type Order = { pick?: (count: number) => number; starts?: (count: number) => number };

/**
 * Runs a flow to its end on steps that end as `answer` says, one at a time: `pick` chooses among those that run, and
 * `starts` how many of those that are asked for are started before. Throws when a step is started twice, or the flow does not end.
 */
export function play(
  input: FlowInput,
  answer: (ask: StepAsk) => Played,
  { pick = () => 0, starts = (count) => count }: Order = {},
): { ending: Ending; asks: StepAsk[]; atOnce: number } {
  const steps = new Map<string, StepState>();
  const asks: StepAsk[] = [];
  let running: StepAsk[] = [];
  let atOnce = 0;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const next: Advance = advanceOf(input, steps);
    if ("done" in next) {
      if (running.length > 0) throw new Error("the flow ends while steps run");
      return { ending: next.done, asks, atOnce };
    }
    for (const ask of next.start.slice(0, starts(next.start.length))) {
      if (steps.has(ask.name)) throw new Error(`${ask.name} is started twice`);
      steps.set(ask.name, RUNNING);
      asks.push(ask);
      running.push(ask);
    }
    atOnce = Math.max(atOnce, running.length);
    const chosen = running[pick(running.length)];
    if (chosen === undefined) throw new Error("the flow waits, and nothing runs");
    running = running.filter((other) => other !== chosen);
    steps.set(chosen.name, ended(answer(chosen)));
  }
  throw new Error("the flow does not end");
}

/** A prompt as a text, each output that is put in as `<name>`. */
export const promptOf = ({ prompt }: StepAsk): string =>
  prompt.map((piece) => (typeof piece === "string" ? piece : `<${piece.output_of}>`)).join("");
