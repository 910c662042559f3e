import { z } from "zod";
import type { Advance, Pattern, Piece, StepAsk, StepState, StepStates } from "./pattern.ts";
import { after, failed, stepFailed, WAIT } from "./pattern.ts";
import { type Plan, planProblem, planSchema, readPlan } from "./plan.ts";
import { COMMON, Prompt, RoleFields, SchemaRole } from "./role-fields.ts";

const DEFAULT_MAX_TASKS = 10;

const DecomposeInput = z
  .strictObject({
    pattern: z.literal("decompose"),
    ...COMMON,
    prompt: Prompt,
    planner: SchemaRole.optional().meta({ description: "Who divides the work." }),
    worker: RoleFields.optional().meta({ description: "Who does the parts." }),
    synthesizer: RoleFields.optional().meta({ description: "Who puts the results together." }),
    agents: z
      .array(z.string().min(1).max(63))
      .min(1)
      .max(20)
      .refine((names) => new Set(names).size === names.length, "must name each agent once")
      .optional()
      .meta({ description: "Saved roles among which the planner chooses for each part, in place of the worker's own." }),
    max_tasks: z
      .int()
      .min(1)
      .max(50)
      .optional()
      .meta({ description: `At most so many parts; default ${DEFAULT_MAX_TASKS}.` }),
  })
  .meta({
    id: "DecomposeInput",
    description: "One divides the work, the parts are done in parallel, and the results put together.",
  });
type DecomposeInput = z.infer<typeof DecomposeInput>;

const partName = (index: number): string => `part-${index}`;
const agentRole = (agent: string): string => `agent-${agent}`;

export const decompose = {
  input: DecomposeInput,

  roles({ prompt, planner = {}, worker = {}, synthesizer = {}, agents }) {
    const role = (name: string, path: string, fields: z.infer<typeof RoleFields>) => ({
      name,
      path,
      body: { ...fields, prompt },
      answersBySchema: name === "planner",
    });
    return [
      role("planner", "planner", { ...planner, output_schema: planSchema(agents) }),
      role("worker", "worker", worker),
      role("synthesizer", "synthesizer", synthesizer),
      ...(agents ?? []).map((agent, index) => role(agentRole(agent), `agents.${index}`, { ...worker, agent })),
    ];
  },

  advance(input, steps) {
    const most = input.max_tasks ?? DEFAULT_MAX_TASKS;
    return planned(steps, { name: "plan", role: "planner", prompt: planPrompt(input, most) }, most, {
      use: (plan) => workOn(input, plan, steps),
      otherwise: (why, given) => {
        const repair = { name: "plan-repair", role: "planner", prompt: repairPrompt(input, most, why, given) };
        return planned(steps, repair, most, {
          use: (plan) => workOn(input, plan, steps),
          otherwise: (still) =>
            failed(
              "invalid_plan",
              `The planner's plan cannot be used, nor the one after it was told so: ${still}`,
              "plan-repair",
            ),
        });
      },
    });
  },
} satisfies Pattern<DecomposeInput>;

type Then = {
  use: (plan: Plan) => Advance;
  /** `given`: there is a plan, and it says something else. */
  otherwise: (why: string, given: boolean) => Advance;
};

function planned(steps: StepStates, ask: StepAsk, most: number, { use, otherwise }: Then): Advance {
  const step = steps.get(ask.name);
  if (step?.status === "failed" && isNoPlan(step)) return otherwise("it is not the JSON that was asked for", false);
  return after(steps, ask, ({ data }) => {
    const plan = readPlan(data);
    const problem = planProblem(plan, most);
    return plan === undefined || problem !== undefined ? otherwise(problem ?? "it is not a plan", true) : use(plan);
  });
}

/** The planner answered, and not by the schema. */
function isNoPlan({ error }: StepState): boolean {
  return error?.code === "invalid_output" || error?.attempts?.at(-1)?.code === "invalid_output";
}

function workOn(input: DecomposeInput, plan: Plan, steps: StepStates): Advance {
  const parts = plan.map((part, index) => ({ ...part, step: partName(index), state: steps.get(partName(index)) }));
  const open = parts.filter(({ state }) => state === undefined);
  if (open.length > 0) {
    const start = open.map(({ step, prompt, agent }) => ({ name: step, role: roleFor(input, agent), prompt: [prompt] }));
    return { start };
  }
  if (parts.some(({ state }) => state?.status === "running")) return WAIT;
  const done = parts.filter(({ state }) => state?.status === "completed");
  if (done.length === 0) {
    const [{ step, state } = { step: "", state: undefined }] = parts;
    const first = state === undefined ? "" : ` The first: ${messageOf(stepFailed(step, state))}`;
    return failed("all_parts_failed", `All ${parts.length} parts failed.${first}`);
  }
  const results = parts.flatMap(({ name, step, state }): Piece[] => [
    `## ${name}\n`,
    ...(state?.status === "completed" ? [{ output_of: step }] : ["(This part failed: there is no result.)"]),
    "\n\n",
  ]);
  const prompt = [
    "The work on a request was divided, and these are the results of its parts:\n\n",
    ...results,
    missing(parts.filter(({ state }) => state?.status !== "completed").map(({ name }) => name)),
    `The request was:\n\n${input.prompt}\n\nPut the results together to one complete answer to it.`,
  ];
  return after(steps, { name: "synthesis", role: "synthesizer", prompt }, () => ({
    done: { status: "completed", step: "synthesis" },
  }));
}

const missing = (names: readonly string[]): string =>
  names.length === 0 ? "" : `These parts failed, say what is missing without them: ${names.join(", ")}.\n\n`;

const messageOf = (advance: Advance): string =>
  "done" in advance && advance.done.status === "failed" ? advance.done.error.message : "";

const roleFor = ({ agents = [] }: DecomposeInput, agent: string | undefined): string =>
  agent !== undefined && agents.includes(agent) ? agentRole(agent) : "worker";

const planPrompt = ({ prompt }: DecomposeInput, most: number): Piece[] => [
  `Divide this request into 1 to ${most} tasks that can be worked on at the same time, each by someone who sees nothing but its prompt:\n\n`,
  prompt,
];

const repairPrompt = (input: DecomposeInput, most: number, why: string, given: boolean): Piece[] => [
  ...planPrompt(input, most),
  `\n\nYour last plan cannot be used: ${why}.`,
  ...(given ? [" It was:\n\n", { output_of: "plan" }] : []),
];
