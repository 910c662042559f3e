import type { SelectionAnswer } from "../http/select-route.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { dollars } from "./figures.ts";

/** Chooses a model for a kind of work. */
export const modelsSelect = command({
  usage: "[options]",
  summary: "choose a model for a kind of work, and print its name",
  words: [0, 0],
  options: {
    "task-type": { type: "string", value: "WORD", help: "code-generation, code-review, debugging …" },
    complexity: { type: "string", value: "WORD", help: "low, medium, high" },
    budget: { type: "string", value: "WORD", help: "cost-optimized, balanced, quality-focused" },
    prompt: { type: "string", value: "TEXT", help: "to estimate the cost of" },
  },
  run: async (given, { api, signal, terminal, json }) => {
    const body = {
      task_type: given.constant("task-type"),
      complexity: given.constant("complexity"),
      budget_mode: given.constant("budget"),
      prompt: given.text("prompt"),
    };
    const path = "/v1/models/select";
    const chosen = await api.json<SelectionAnswer>({ method: "POST", path, body, signal, again: "freely" });
    terminal.out(`${json ? JSON.stringify(chosen) : chosen.alias}\n`);
    if (!json) terminal.err(`${chosen.model}: ${chosen.reason} About ${dollars(chosen.estimated_cost)} a task.\n`);
    return EXIT.done;
  },
});
