import { pathOf } from "../client/ask.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { numberOf } from "./given.ts";
import { print } from "./print.ts";

/** Says how good a result is. */
export const score = command({
  usage: "ID SCORE [COMMENT]",
  summary: "say how good a result is, from 0 to 1",
  words: [2, 3],
  options: {},
  run: async (given, session) => {
    const [taskId = "", text = "", comment] = given.words;
    const body = { score: numberOf(text, "SCORE"), comment };
    const path = pathOf("delegations", taskId, "score");
    print(await session.api.json<Delegation>({ method: "POST", path, body, signal: session.signal, again: "freely" }), session);
    return EXIT.done;
  },
});
