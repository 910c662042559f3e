import { command } from "./command.ts";
import { promptOf } from "./prompt.ts";
import { FLOW_OPTIONS, runFlow } from "./run-flow.ts";

/** Divides work into parts, runs them at once, and puts the results together. */
export const flowDecompose = command({
  usage: "[options] PROMPT | -",
  summary: "divide into parts, work on them at once, put together",
  words: [1, 1],
  options: {
    ...FLOW_OPTIONS,
    "max-tasks": { type: "string", value: "N", help: "at most so many parts; default 10" },
    agents: { type: "string", value: "LIST", help: "saved roles of which each part gets one" },
  },
  run: async (given, session) => {
    const prompt = await promptOf(given.word(0), session.terminal);
    const fields = { pattern: "decompose", prompt, max_tasks: given.number("max-tasks"), agents: given.list("agents") };
    return runFlow(fields, given, session);
  },
});
