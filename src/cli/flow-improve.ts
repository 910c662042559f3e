import { candidate } from "./candidate.ts";
import { command } from "./command.ts";
import { promptOf } from "./prompt.ts";
import { FLOW_OPTIONS, runFlow } from "./run-flow.ts";

/** Writes, reviews and revises. */
export const flowImprove = command({
  usage: "[options] PROMPT | -",
  summary: "write, review and revise",
  words: [1, 1],
  options: {
    ...FLOW_OPTIONS,
    cycles: { type: "string", value: "N", help: "rounds of review and revision; default 3" },
    author: { type: "string", value: "NAME", help: "the provider or model that writes" },
    reviewer: { type: "string", value: "NAME", help: "the provider or model that reviews" },
  },
  run: async (given, session) => {
    const [author, reviewer] = [given.text("author"), given.text("reviewer")];
    const fields = {
      pattern: "improve",
      prompt: await promptOf(given.word(0), session.terminal),
      cycles: given.number("cycles"),
      author: author === undefined ? undefined : candidate(author),
      reviewer: reviewer === undefined ? undefined : candidate(reviewer),
    };
    return runFlow(fields, given, session);
  },
});
