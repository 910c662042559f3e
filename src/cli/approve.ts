import { pathOf } from "../client/ask.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";

/** Lets a delegation that waits for approval run. */
export const approve = command({
  usage: "ID",
  summary: "let a delegation that waits for approval run",
  words: [1, 1],
  options: {},
  run: async (given, session) => {
    const path = pathOf("delegations", given.word(0), "approve");
    print(await session.api.json<Delegation>({ method: "POST", path, signal: session.signal }), session);
    return EXIT.done;
  },
});
