import { pathOf, whenEnded } from "../client/ask.ts";
import { followEvents } from "../client/follow-events.ts";
import { randomKey } from "../client/transport.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { command, type Session } from "./command.ts";
import { DELEGATION_OPTIONS, delegationFields } from "./delegation-options.ts";
import { Narrator } from "./narrator.ts";
import { print } from "./print.ts";
import { promptOf } from "./prompt.ts";
import { harmless, type Terminal } from "./terminal.ts";
import { exitOf, hasEnded, summaryLine, whole } from "./work.ts";

/** Delegates one prompt and shows the answer. */
export const run = command({
  usage: "[options] PROMPT | -",
  summary: "delegate a prompt and show the answer as it comes",
  words: [1, 1],
  options: {
    ...DELEGATION_OPTIONS,
    "task-id": { type: "string", value: "ID", help: "the same id and prompt again is the same task" },
    stream: { type: "boolean", help: "show the answer as it comes into a pipe too; with --json: the events" },
    detach: { type: "boolean", help: "print the id and do not wait" },
  },
  run: async (given, session) => {
    const prompt = await promptOf(given.word(0), session.terminal);
    // An id of our own: whatever becomes of the answer to the call, there is something to come back to.
    const taskId = given.text("task-id") ?? `cli-${randomKey().slice(0, 20)}`;
    const body = { prompt, task_id: taskId, ...delegationFields(given) };
    session.leaves({ comeBack: `depute get --wait ${taskId}`, cancel: `depute cancel ${taskId}` });
    const { api, signal, terminal } = session;
    const accepted = await api.json<Delegation>({ method: "POST", path: "/v1/delegations", body, signal, again: "by key" });
    if (given.flag("detach")) {
      terminal.out(session.json ? `${JSON.stringify(accepted)}\n` : `${taskId}\n`);
      return 0;
    }
    return shown(taskId, given.flag("stream"), session);
  },
});

/** Follows a delegation to its end and prints it. */
async function shown(taskId: string, isStream: boolean, session: Session): Promise<number> {
  const { patient, signal, terminal, json } = session;
  const narrator = new Narrator();
  const streams = isStream || (terminal.isOutTty && !json);
  for await (const event of followEvents(patient, taskId, { signal })) {
    const { text = "", note } = narrator.say(event);
    if (streams) terminal.out(json ? `${JSON.stringify(event)}\n` : harmless(text));
    if (note !== undefined && !json) terminal.err(`${harmless(note)}\n`);
  }
  const delegation = await whenEnded<Delegation>(patient, pathOf("delegations", taskId), hasEnded, { signal });
  if (!streams) print(delegation, session);
  else if (!json) printRest(delegation, narrator, terminal);
  return exitOf(delegation);
}

/** What streamed text lacks: its line's end, or all of an answer that came without events, as from the cache. */
function printRest(delegation: Delegation, narrator: Narrator, terminal: Terminal): void {
  terminal.out(narrator.answered ? narrator.lineEnd : harmless(whole(delegation.output ?? "")));
  terminal.err(summaryLine(delegation));
}
