import { z } from "zod";

/** The parts of a work, each with a name of its own. */
export type Plan = readonly { name: string; prompt: string; agent: string | undefined }[];

/** The schema of a planner's answer, in the subset of JSON Schema that every vendor takes. */
export function planSchema(agents: readonly string[] | undefined): { [key: string]: z.infer<ReturnType<typeof z.json>> } {
  const chosen = agents && { agent: { type: "string", enum: [...agents], description: "Who is best at it." } };
  const properties = {
    name: { type: "string", description: "A few words." },
    prompt: { type: "string", description: "All that is needed to do it." },
    ...chosen,
  };
  const task = { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
  return {
    type: "object",
    properties: { tasks: { type: "array", items: task } },
    required: ["tasks"],
    additionalProperties: false,
  };
}

const Tasks = z.object({
  tasks: z.array(z.object({ name: z.string().optional(), prompt: z.string(), agent: z.string().optional() })),
});

/** The plan in an answer; undefined when it is none. A part without a name, or with another's, is numbered. */
export function readPlan(data: unknown): Plan | undefined {
  const { success, data: read } = Tasks.safeParse(data);
  if (!success) return undefined;
  const called = read.tasks.map(({ name = "" }) => name.replaceAll(/\s+/g, " ").trim());
  return read.tasks.map(({ prompt, agent }, index) => {
    const name = called[index] ?? "";
    const isTaken = name === "" || called.indexOf(name) !== index;
    return { name: isTaken ? `${name} (part ${index + 1})`.trim() : name, prompt, agent };
  });
}

/** Why a plan cannot be worked on; undefined when it can. */
export function planProblem(plan: Plan | undefined, most: number): string | undefined {
  if (plan === undefined) return "it is not a list of tasks";
  if (plan.length === 0) return "it has no tasks";
  if (plan.length > most) return `it has ${plan.length} tasks, and ${most} is the most`;
  const blank = plan.findIndex(({ prompt }) => prompt.trim() === "");
  return blank === -1 ? undefined : `the prompt of its task ${blank + 1} is empty`;
}
