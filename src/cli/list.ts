import { eachRow } from "../client/ask.ts";
import type { DelegationSummary } from "../http/delegation-summary.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { count, dollars } from "./figures.ts";
import { table } from "./table.ts";

const SHOWN = 20;

/** Lists delegations. */
export const list = command({
  usage: "[options]",
  summary: "list delegations, newest first",
  words: [0, 0],
  options: {
    status: { type: "string", value: "LIST", help: "completed,failed …" },
    agent: { type: "string", value: "NAME", help: "of this role" },
    provider: { type: "string", value: "NAME", help: "of this provider" },
    model: { type: "string", value: "NAME", help: "of this model" },
    "task-type": { type: "string", value: "WORD", help: "of this kind" },
    batch: { type: "string", value: "ID", help: "of this batch" },
    flow: { type: "string", value: "ID", help: "of this flow" },
    after: { type: "string", value: "TIME", help: "created after, ISO 8601" },
    before: { type: "string", value: "TIME", help: "created before" },
    "min-cost": { type: "string", value: "DOLLARS", help: "that cost at least so much" },
    search: { type: "string", value: "WORDS", help: "that are all in prompt and output" },
    sort: { type: "string", value: "WORD", help: "cost, created_at or completed_at; with --sort=-cost downwards" },
    limit: { type: "string", value: "N", help: `at most so many; default ${SHOWN}` },
  },
  run: async (given, { api, signal, terminal, json }) => {
    const query = {
      status: given.list("status"),
      agent: given.text("agent"),
      provider: given.text("provider"),
      model: given.text("model"),
      task_type: given.constant("task-type"),
      batch_id: given.text("batch"),
      flow_id: given.text("flow"),
      created_after: given.text("after"),
      created_before: given.text("before"),
      min_cost: given.number("min-cost"),
      q: given.text("search"),
      sort: given.text("sort"),
    };
    const limit = given.number("limit") ?? SHOWN;
    const rows: DelegationSummary[] = [];
    for await (const row of eachRow<DelegationSummary>(api, "/v1/delegations", query, { signal })) {
      if (rows.length >= limit) break;
      rows.push(row);
    }
    const headings = ["task", "status", "agent", "model", "tokens", "cost", "created", "prompt"];
    if (json) for (const row of rows) terminal.out(`${JSON.stringify(row)}\n`);
    else terminal.out(table(headings, rows.map(cells), terminal.columns));
    return EXIT.done;
  },
});

const cells = (row: DelegationSummary) => [
  row.task_id,
  row.status,
  row.agent,
  row.model,
  count(row.tokens_used),
  dollars(row.cost),
  row.created_at.slice(0, 19),
  row.prompt_preview?.slice(0, 60),
];
