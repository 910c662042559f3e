import type { SpawnInput, SpawnResult } from "./spawn.ts";
import { SpawnFailedError } from "./spawn-failed-error.ts";
import { type Totals, totalsOf } from "./totals.ts";

type Asked = Omit<SpawnInput, "prompt" | "taskId" | "signal">;

/** One who is asked; `name` is how the others' judge and the result call it, default the model's. */
export type Member = Asked & { name?: string };

export type ConsensusInput = {
  prompt: string;
  /** At least two; default claude-opus, gemini-2.0-flash and gpt-4-turbo. */
  panel?: readonly Member[];
  /** Who puts the answers together; default claude. */
  judge?: Omit<Asked, "outputSchema" | "outputJson">;
  signal?: AbortSignal | undefined;
};

export type ConsensusResult = Totals & {
  /** The synthesis. */
  response: string;
  /** 0 (they contradict each other) to 1 (they agree). */
  agreement: number;
  dissent: readonly { member: string; point: string }[];
  /** By name, the failed ones too. */
  answers: { readonly [name: string]: SpawnResult };
  judgement: SpawnResult;
};

const PANEL: readonly Member[] = [{ model: "claude-opus" }, { model: "gemini-2.0-flash" }, { model: "gpt-4-turbo" }];
const FEWEST = 2;

/** Of perspectives with these names, in the subset of JSON Schema that every vendor takes. */
const verdictOf = (names: readonly string[]) => ({
  type: "object",
  properties: {
    synthesis: { type: "string", description: "The best answer that the perspectives add up to." },
    agreement: {
      type: "number",
      description: "From 0, they contradict each other, to 1, they agree in everything that matters.",
    },
    dissent: {
      type: "array",
      description: "Each point on which a perspective differs from the synthesis; empty when none does.",
      items: {
        type: "object",
        properties: {
          member: { type: "string", enum: [...names], description: "The heading of the perspective." },
          point: { type: "string" },
        },
        required: ["member", "point"],
        additionalProperties: false,
      },
    },
  },
  required: ["synthesis", "agreement", "dissent"],
  additionalProperties: false,
});
type Verdict = { synthesis: string; agreement: number; dissent: { member: string; point: string }[] };

/**
 * Asks several models at once and has one of them put the answers together and say who dissents. Who fails is left out;
 * throws SpawnFailedError when fewer than two answer, or the judge fails.
 */
export async function getConsensus(
  spawn: (input: SpawnInput) => Promise<SpawnResult>,
  { prompt, panel = PANEL, judge = { provider: "claude" }, signal }: ConsensusInput,
): Promise<ConsensusResult> {
  const names = namesOf(panel);
  const asked = panel.map(async ({ name, ...member }, index) => {
    const result = await spawn({ ...member, prompt, signal });
    return [names[index] ?? "", result] as const;
  });
  const answers = await Promise.all(asked);
  const results = answers.map(([, result]) => result);
  const given = answers.filter(([, { success }]) => success);
  if (given.length < FEWEST)
    throw new SpawnFailedError(`A consensus needs ${FEWEST} answers, there are ${given.length}.`, results);
  const outputSchema = verdictOf(given.map(([name]) => name));
  const judgement = await spawn({ ...judge, outputSchema, prompt: judgePrompt(prompt, given), signal });
  const all = [...results, judgement];
  if (!judgement.success) throw new SpawnFailedError("The judge failed.", all);
  const { synthesis, agreement: said, dissent } = judgement.data as Verdict;
  const agreement = Math.min(1, Math.max(0, said));
  return { response: synthesis, agreement, dissent, answers: Object.fromEntries(answers), judgement, ...totalsOf(all) };
}

/** What each is called; who would be called as one before is numbered. */
function namesOf(panel: readonly Member[]): string[] {
  const names: string[] = [];
  for (const { name, model, provider } of panel) {
    const called = name ?? (typeof model === "object" ? (model.alias ?? model.model) : model) ?? provider ?? "member";
    let own = called;
    for (let number = 2; names.includes(own); number++) own = `${called} ${number}`;
    names.push(own);
  }
  return names;
}

function judgePrompt(question: string, given: readonly (readonly [string, SpawnResult])[]): string {
  const perspectives = given.map(([name, { response }]) => `## ${name}\n${response}`).join("\n\n");
  return `Review these perspectives and provide consensus:\n\n${perspectives}\n\nThe question was:\n\n${question}\n\nSynthesize the best insights, and say who dissents on what.`;
}
