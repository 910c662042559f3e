import type { ListedModel } from "../models/model-list.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { table } from "./table.ts";

/** Lists the catalogue. */
export const models = command({
  usage: "",
  summary: "list the models",
  words: [0, 0],
  options: {},
  run: async (_given, { api, signal, terminal, json }) => {
    const { data } = await api.json<{ data: ListedModel[] }>({ method: "GET", path: "/v1/models", signal });
    if (json) for (const model of data) terminal.out(`${JSON.stringify(model)}\n`);
    else
      terminal.out(
        table(
          ["model", "provider"],
          data.map(({ id, provider }) => [id, provider]),
          terminal.columns,
        ),
      );
    return EXIT.done;
  },
});
