import { z } from "zod";
import type { Advance, Pattern, StepAsk } from "./pattern.ts";
import { after } from "./pattern.ts";
import { COMMON, Prompt, RoleFields, SchemaRole } from "./role-fields.ts";

const DEFAULT_CYCLES = 3;

const ImproveInput = z
  .strictObject({
    pattern: z.literal("improve"),
    ...COMMON,
    prompt: Prompt,
    cycles: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .meta({ description: `How often the text is reviewed and revised; default ${DEFAULT_CYCLES}.` }),
    author: RoleFields.optional().meta({ description: "Who writes and revises." }),
    reviewer: SchemaRole.optional().meta({ description: "Who says what is to be improved." }),
    stop_when_approved: z.boolean().optional().meta({ description: "A review that approves the text ends the flow with it." }),
  })
  .meta({ id: "ImproveInput", description: "A draft, then so many rounds of review and revision; the last text is the output." });
type ImproveInput = z.infer<typeof ImproveInput>;

/** In the subset of JSON Schema that every vendor takes. */
const REVIEW = {
  type: "object",
  properties: {
    approved: { type: "boolean", description: "True when nothing needs to be improved." },
    feedback: { type: "string", description: "Specific, actionable feedback." },
  },
  required: ["approved", "feedback"],
  additionalProperties: false,
};

const Review = z.object({ approved: z.boolean(), feedback: z.string() });

export const improve = {
  input: ImproveInput,

  roles: ({ prompt, author = {}, reviewer = {} }) => [
    { name: "author", path: "author", body: { ...author, prompt }, answersBySchema: false },
    { name: "reviewer", path: "reviewer", body: { ...reviewer, prompt, output_schema: REVIEW }, answersBySchema: true },
  ],

  advance(input, steps) {
    const { prompt, cycles = DEFAULT_CYCLES, stop_when_approved = false } = input;
    /** The cycles from this one on; `text` is the step whose output is the text so far. */
    const from = (cycle: number, text: string): Advance => {
      const ending: Advance = { done: { status: "completed", step: text } };
      if (cycle === cycles) return ending;
      return after(steps, reviewAsk(cycle, text, prompt), ({ data }) => {
        const { approved = false, feedback = "" } = Review.safeParse(data).data ?? {};
        if (approved && stop_when_approved) return ending;
        const revision = revisionAsk(cycle, text, feedback);
        return after(steps, revision, () => from(cycle + 1, revision.name));
      });
    };
    return after(steps, { name: "draft", role: "author", prompt: [prompt] }, () => from(0, "draft"));
  },
} satisfies Pattern<ImproveInput>;

const reviewAsk = (cycle: number, text: string, prompt: string): StepAsk => ({
  name: `review-${cycle}`,
  role: "reviewer",
  prompt: [
    "Review this output and identify improvements:\n\n",
    { output_of: text },
    `\n\nProvide specific, actionable feedback. The output answers this request:\n\n${prompt}`,
  ],
});

const revisionAsk = (cycle: number, text: string, feedback: string): StepAsk => ({
  name: `improvement-cycle-${cycle}`,
  role: "author",
  prompt: [`Based on this feedback:\n\n${feedback}\n\nImprove the output:\n\n`, { output_of: text }],
  properties: { feedback_iteration: cycle },
});
