import { pathOf } from "../client/ask.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";

/** Runs an ended delegation again. */
export const retry = command({
  usage: "[options] ID",
  summary: "run an ended delegation again as a new one, and print its id",
  words: [1, 1],
  options: {
    "task-id": { type: "string", value: "ID", help: "the new one's" },
    provider: { type: "string", value: "NAME", help: "on another provider" },
    model: { type: "string", value: "NAME", help: "on another model" },
  },
  run: async (given, { api, signal, terminal, json }) => {
    const body = { task_id: given.text("task-id"), provider: given.text("provider"), model: given.text("model") };
    const path = pathOf("delegations", given.word(0), "retry");
    const again = await api.json<Delegation>({ method: "POST", path, body, signal, again: "by key" });
    terminal.out(`${json ? JSON.stringify(again) : again.task_id}\n`);
    return EXIT.done;
  },
});
