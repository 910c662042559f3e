import { z } from "zod";
import type { Delegation } from "../delegations/delegation.ts";
import type { Advance, Pattern, Piece, StepAsk, StepStates } from "./pattern.ts";
import { after, failed, WAIT } from "./pattern.ts";
import { COMMON, Prompt, RoleFields, SchemaRole } from "./role-fields.ts";

const FEWEST = 2;
/** What `stop_when_agreed: true` stands for. */
const AGREED = 0.8;

const ConsensusInput = z
  .strictObject({
    pattern: z.literal("consensus"),
    ...COMMON,
    prompt: Prompt,
    panel: z
      .array(
        RoleFields.extend({
          name: z.string().regex(/\S/, "must not be empty").max(100).optional().meta({
            description: "How the judge and the dissent call the member; default the model's name.",
          }),
        }),
      )
      .min(FEWEST)
      .max(20)
      .meta({ description: "2–20 who are asked the same. Who fails is left out; fewer than two answers fail the flow." }),
    judge: SchemaRole.optional().meta({ description: "Who puts the answers together." }),
    stop_when_agreed: z
      .union([z.boolean(), z.number().min(0).max(1)])
      .optional()
      .meta({
        description: `Ask two, have the judge say how far they agree, and ask one more only while that is less than this; true stands for ${AGREED}.`,
      }),
  })
  .meta({ id: "ConsensusInput", description: "Several are asked the same, and one puts their answers together." });
type ConsensusInput = z.infer<typeof ConsensusInput>;

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

const Verdict = z.object({
  synthesis: z.string(),
  agreement: z.number(),
  dissent: z.array(z.object({ member: z.string(), point: z.string() })),
});

const memberName = (index: number): string => `member-${index}`;

export const consensus = {
  input: ConsensusInput,

  roles: ({ prompt, panel, judge = {} }) => [
    ...panel.map(({ name: _, ...body }, index) => ({
      name: memberName(index),
      path: `panel.${index}`,
      body: { ...body, prompt },
      answersBySchema: false,
    })),
    { name: "judge", path: "judge", body: { ...judge, prompt, output_schema: verdictOf(namesOf(panel)) }, answersBySchema: true },
  ],

  advance: (input, steps) =>
    input.stop_when_agreed === undefined || input.stop_when_agreed === false
      ? askAll(input, steps)
      : askUntilAgreed(input, steps, input.stop_when_agreed === true ? AGREED : input.stop_when_agreed),

  called: ({ panel }) => Object.fromEntries(namesOf(panel).map((name, index) => [memberName(index), name])),

  answerOf({ output_data }, notes) {
    const { success, data } = Verdict.safeParse(output_data);
    if (!success) return { output: null, output_data: null };
    const agreement = Math.min(1, Math.max(0, data.agreement));
    return { output: data.synthesis, output_data: { ...data, agreement, ...notes } as Delegation["output_data"] };
  },
} satisfies Pattern<ConsensusInput>;

function askAll(input: ConsensusInput, steps: StepStates): Advance {
  const open = [...input.panel.keys()].filter((index) => !steps.has(memberName(index)));
  if (open.length > 0) return { start: open.map((index) => memberAsk(input, index)) };
  if (workingIn(input, steps) > 0) return WAIT;
  const answered = answeredIn(input, steps);
  if (answered.length < FEWEST) return tooFew(input, answered);
  return after(steps, judgeAsk("judge", input, answered), () => ({ done: { status: "completed", step: "judge" } }));
}

/** Each judgement is named after the number of answers it saw, and is made once. */
function askUntilAgreed(input: ConsensusInput, steps: StepStates, enough: number): Advance {
  const unasked = [...input.panel.keys()].filter((index) => !steps.has(memberName(index)));
  const answered = answeredIn(input, steps);
  const asked = input.panel.length - unasked.length;
  const askMore = (count: number): StepAsk[] => unasked.slice(0, Math.max(0, count)).map((index) => memberAsk(input, index));
  const start = askMore(FEWEST - answered.length - workingIn(input, steps));
  if (start.length > 0) return { start };
  if (workingIn(input, steps) > 0) return WAIT;
  if (answered.length < FEWEST) return tooFew(input, answered);
  const name = `judge-${answered.length}`;
  return after(steps, judgeAsk(name, input, answered), ({ data }) => {
    const { agreement = 0 } = Verdict.safeParse(data).data ?? {};
    // A share over 1 is of another scale, of which nobody knows the end.
    const isEnough = agreement >= enough && agreement <= 1;
    if (!isEnough && unasked.length > 0) return { start: askMore(1) };
    const notes = { members_asked: asked, members_saved: input.panel.length - asked };
    return { done: { status: "completed", step: name, notes } };
  });
}

const workingIn = ({ panel }: ConsensusInput, steps: StepStates): number =>
  panel.filter((_member, index) => steps.get(memberName(index))?.status === "running").length;

const answeredIn = ({ panel }: ConsensusInput, steps: StepStates): number[] =>
  [...panel.keys()].filter((index) => steps.get(memberName(index))?.status === "completed");

const memberAsk = ({ prompt }: ConsensusInput, index: number): StepAsk => ({
  name: memberName(index),
  role: memberName(index),
  prompt: [prompt],
});

const tooFew = ({ panel }: ConsensusInput, answered: readonly number[]): Advance =>
  failed("too_few_answers", `A consensus needs ${FEWEST} answers, and of ${panel.length} members ${answered.length} answered.`);

function judgeAsk(name: string, input: ConsensusInput, answered: readonly number[]): StepAsk {
  const names = namesOf(input.panel);
  const perspectives = answered.flatMap((index): Piece[] => [`## ${names[index]}\n`, { output_of: memberName(index) }, "\n\n"]);
  const output_schema = verdictOf(names.filter((_name, index) => answered.includes(index)));
  const question = `The question was:\n\n${input.prompt}\n\nSynthesize the best insights, and say who dissents on what.`;
  const prompt = ["Review these perspectives and provide consensus:\n\n", ...perspectives, question];
  return { name, role: "judge", prompt, output_schema };
}

/** What each is called; who would be called as one before is numbered. */
function namesOf(panel: ConsensusInput["panel"]): string[] {
  const names: string[] = [];
  for (const { name, model, provider } of panel) {
    const called = name ?? model ?? provider ?? "member";
    let own = called;
    for (let number = 2; names.includes(own); number += 1) own = `${called} ${number}`;
    names.push(own);
  }
  return names;
}
