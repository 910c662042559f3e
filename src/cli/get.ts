import { whenEnded } from "../client/ask.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { exitOf, hasEnded, type Work } from "./work.ts";
import { KIND_OPTIONS, workPath } from "./work-path.ts";

/** Shows a delegation, batch or flow. */
export const get = command({
  usage: "[options] ID",
  summary: "show a delegation and its answer",
  words: [1, 1],
  options: { ...KIND_OPTIONS, wait: { type: "boolean", help: "until it has ended; exits with 1 when it failed" } },
  run: async (given, session) => {
    const { api, patient, signal } = session;
    const path = workPath(given);
    let work = await api.json<Work>({ method: "GET", path, signal });
    if (given.flag("wait") && !hasEnded(work)) work = await whenEnded<Work>(patient, path, hasEnded, { signal });
    print(work, session);
    return given.flag("wait") ? exitOf(work) : EXIT.done;
  },
});
