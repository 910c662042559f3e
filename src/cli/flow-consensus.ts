import { candidate } from "./candidate.ts";
import { command } from "./command.ts";
import { promptOf } from "./prompt.ts";
import { FLOW_OPTIONS, runFlow } from "./run-flow.ts";

const PANEL = ["claude", "gemini", "codex"];

/** Asks several the same, and has the answers put together. */
export const flowConsensus = command({
  usage: "[options] PROMPT | -",
  summary: "ask several the same, and put their answers together",
  words: [1, 1],
  options: {
    ...FLOW_OPTIONS,
    panel: { type: "string", value: "LIST", help: `providers and models; default ${PANEL.join(",")}` },
    judge: { type: "string", value: "NAME", help: "the provider or model that puts them together" },
    "stop-when-agreed": { type: "string", value: "N", help: "ask fewer when two agree so far, 0 to 1" },
  },
  run: async (given, session) => {
    const judge = given.text("judge");
    const fields = {
      pattern: "consensus",
      prompt: await promptOf(given.word(0), session.terminal),
      panel: (given.list("panel") ?? PANEL).map(candidate),
      judge: judge === undefined ? undefined : candidate(judge),
      stop_when_agreed: given.number("stop-when-agreed"),
    };
    return runFlow(fields, given, session);
  },
});
