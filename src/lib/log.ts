/** Ids, codes and counts; never a prompt, an output or a key. */
export type LogFields = { readonly [name: string]: string | number | boolean | null | undefined | readonly string[] };

const MAX_DESCRIPTION = 500;

/** An id has one name in every line, by which all lines about a thing are found, whatever the code at hand calls it. */
const IDS: { readonly [name: string]: string } = {
  workspace: "depute.workspace",
  task_id: "depute.task_id",
  taskId: "depute.task_id",
  attempt: "depute.attempt",
  batchId: "depute.batch_id",
  flowId: "depute.flow_id",
  agent: "depute.agent",
};

const named = (fields: LogFields): LogFields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [IDS[name] ?? name, value]));

const write = (level: "info" | "warn" | "error") => (fields: LogFields, message: string) =>
  console[level](JSON.stringify({ level, message, ...named(fields) }));

/** One JSON line per entry; the platform adds the time. */
export const log = { info: write("info"), warn: write("warn"), error: write("error") } as const;

/**
 * What a foreign error says about itself, its innermost cause first, fit for a log: first lines only (database errors list bound
 * values, which hold prompts, on the following ones), and no message of a SyntaxError, which quotes the text it was parsing.
 */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const message = thrown instanceof SyntaxError ? "" : `: ${thrown.message.split("\n", 1)[0]}`;
  const own = `${thrown.name}${message}`;
  return (thrown.cause === undefined ? own : `${describeError(thrown.cause)}, which made: ${own}`).slice(0, MAX_DESCRIPTION);
}
