import type { Agent } from "../agents/agent-view.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { table } from "./table.ts";

/** Lists the saved roles. */
export const agents = command({
  usage: "",
  summary: "list the saved roles",
  words: [0, 0],
  options: {},
  run: async (_given, { api, signal, terminal, json }) => {
    const { data } = await api.json<{ data: Agent[] }>({ method: "GET", path: "/v1/agents", signal });
    if (json) for (const agent of data) terminal.out(`${JSON.stringify(agent)}\n`);
    else terminal.out(table(["agent", "model", "system"], data.map(cells), terminal.columns));
    return EXIT.done;
  },
});

const cells = ({ name, settings }: Agent) => [name, settings.model, settings.system];
