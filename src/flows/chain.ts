import { z } from "zod";
import type { Pattern } from "./pattern.ts";
import { after } from "./pattern.ts";
import { piecesOf, templateProblems } from "./prompt-template.ts";
import { COMMON, Prompt, RoleFields } from "./role-fields.ts";

const ChainStep = RoleFields.extend({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "must be 1–40 of a–z 0–9 _ - and begin with a letter or digit")
    .meta({ description: "Unique in the chain.", example: "outline" }),
  prompt: Prompt.meta({
    description: "May hold `{{input}}` and `{{steps.NAME.output}}` of earlier steps; what is put in is not expanded again.",
  }),
});

const ChainInput = z
  .strictObject({
    pattern: z.literal("chain"),
    ...COMMON,
    input: z.string().min(1).optional().meta({ description: "What `{{input}}` stands for." }),
    steps: z.array(ChainStep).min(1).max(50),
  })
  .superRefine(({ steps, input }, context) => {
    const names = steps.map(({ name }) => name);
    for (const [index, { name, prompt }] of steps.entries()) {
      const earlier = names.slice(0, index);
      const refuse = (field: string, message: string) =>
        context.addIssue({ code: "custom", path: ["steps", index, field], message });
      if (earlier.includes(name)) refuse("name", `is the same as that of steps.${earlier.indexOf(name)}`);
      for (const message of templateProblems(prompt, earlier, input !== undefined)) refuse("prompt", message);
    }
  })
  .meta({ id: "ChainInput", description: "Steps one after another. One that fails fails the flow; those before it stay." });
type ChainInput = z.infer<typeof ChainInput>;

export const chain = {
  input: ChainInput,

  roles: ({ steps }) => steps.map(({ name, ...body }, index) => ({ name, path: `steps.${index}`, body, answersBySchema: false })),

  advance({ steps, input }, states) {
    const from = (index: number): ReturnType<typeof after> => {
      const step = steps[index];
      if (step === undefined) return { done: { status: "completed", step: steps.at(-1)?.name ?? "" } };
      const { name, prompt } = step;
      return after(states, { name, role: name, prompt: piecesOf(prompt, input) }, () => from(index + 1));
    };
    return from(0);
  },
} satisfies Pattern<ChainInput>;
