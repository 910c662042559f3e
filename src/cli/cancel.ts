import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import type { Work } from "./work.ts";
import { KIND_OPTIONS, workPath } from "./work-path.ts";

/** Stops a delegation, batch or flow. */
export const cancel = command({
  usage: "[options] ID",
  summary: "stop a delegation, batch or flow",
  words: [1, 1],
  options: KIND_OPTIONS,
  run: async (given, session) => {
    const path = workPath(given, "cancel");
    print(await session.api.json<Work>({ method: "POST", path, signal: session.signal, again: "freely" }), session);
    return EXIT.done;
  },
});
