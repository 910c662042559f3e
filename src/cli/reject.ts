import { pathOf } from "../client/ask.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";

/** Refuses a delegation that waits for approval. */
export const reject = command({
  usage: "ID",
  summary: "refuse a delegation that waits for approval",
  words: [1, 1],
  options: {},
  run: async (given, session) => {
    const path = pathOf("delegations", given.word(0), "reject");
    print(await session.api.json<Delegation>({ method: "POST", path, signal: session.signal }), session);
    return EXIT.done;
  },
});
