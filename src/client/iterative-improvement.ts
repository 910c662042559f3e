import type { SpawnInput, SpawnResult } from "./spawn.ts";
import { SpawnFailedError } from "./spawn-failed-error.ts";
import { type Totals, totalsOf } from "./totals.ts";
import { randomKey } from "./transport.ts";

type Role = Omit<SpawnInput, "prompt" | "taskId" | "signal">;

export type ImprovementInput = {
  prompt: string;
  /** How many times the output is reviewed and revised; default 3. */
  improvementCycles?: number;
  /** Who writes and who reviews; default claude. */
  author?: Role;
  reviewer?: Role;
  /** The revisions are the tasks `<taskIdPrefix>improvement-cycle-0`, `-1` …; default: a prefix of its own for each run. */
  taskIdPrefix?: string;
  signal?: AbortSignal | undefined;
};

export type ImprovementResult = Totals & {
  output: string;
  draft: SpawnResult;
  cycles: readonly { feedback: SpawnResult; revision: SpawnResult }[];
};

/** A draft, then so many rounds of review and revision. Throws SpawnFailedError when a step fails. */
export async function iterativeImprovement(
  spawn: (input: SpawnInput) => Promise<SpawnResult>,
  input: ImprovementInput,
): Promise<ImprovementResult> {
  const { author = { provider: "claude" }, reviewer = { provider: "claude" }, improvementCycles = 3, signal } = input;
  const prefix = input.taskIdPrefix ?? `${randomKey().slice(0, 12)}:`;
  const results: SpawnResult[] = [];
  const step = async (role: Role, prompt: string, taskId?: string): Promise<SpawnResult> => {
    const result = await spawn({ ...role, prompt, taskId, signal });
    results.push(result);
    if (!result.success) throw new SpawnFailedError(`Step ${results.length} of the improvement failed.`, results);
    return result;
  };

  const draft = await step(author, input.prompt);
  const cycles: { feedback: SpawnResult; revision: SpawnResult }[] = [];
  for (let cycle = 0; cycle < improvementCycles; cycle++) {
    const { response: output } = cycles.at(-1)?.revision ?? draft;
    const feedback = await step(reviewer, reviewPrompt(output));
    const tracked = { ...author, properties: { ...author.properties, feedback_iteration: cycle } };
    const revision = await step(tracked, revisionPrompt(feedback.response, output), `${prefix}improvement-cycle-${cycle}`);
    cycles.push({ feedback, revision });
  }
  return { output: (cycles.at(-1)?.revision ?? draft).response, draft, cycles, ...totalsOf(results) };
}

const reviewPrompt = (output: string): string =>
  `Review this output and identify improvements:\n\n${output}\n\nProvide specific, actionable feedback.`;

const revisionPrompt = (feedback: string, output: string): string =>
  `Based on this feedback:\n\n${feedback}\n\nImprove the output:\n\n${output}`;
