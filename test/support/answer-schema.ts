import { type Schema, Validator } from "@cfworker/json-schema";

export type MediaType = { schema?: Schema };
export type Documented = { responses: { [status: string]: { content?: { [type: string]: MediaType } } } };
type Components = { schemas: { [name: string]: Schema } };

/** What was answered: the type as the header has it, `""` when there was none. */
export type Answered = { status: number; type: string; body: string };

/**
 * What an answer has that its document does not say, or lacks that it says; none when it is as documented. Members that the
 * document does not name are told as well. Logs and NDJSON are held line by line against the schema of their entries.
 */
export function undocumentedIn(operation: Documented, components: Components, { status, type, body }: Answered): string[] {
  const response = operation.responses[status];
  if (response === undefined) return [`${status} is not documented`];
  if (response.content === undefined) return body === "" ? [] : [`${status} is documented without a body`];
  const media = type.split(";")[0] ?? "";
  const { schema } = response.content[media] ?? {};
  if (schema === undefined) return [`${media} is not documented, or without a schema`];
  const validator = new Validator(closed({ ...schema, components }) as Schema, "2020-12", false);
  const found = partsOf(media, body).flatMap((part) => validator.validate(part).errors);
  return found.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function partsOf(media: string, body: string): unknown[] {
  if (media.endsWith("json") && !media.endsWith("ndjson")) return [JSON.parse(body)];
  const lines = body.split("\n").filter((line) => line !== "");
  if (media === "application/x-ndjson") return lines.map((line) => JSON.parse(line) as unknown);
  if (media === "text/event-stream") {
    return lines.filter((line) => line.startsWith("data: ")).map((line) => JSON.parse(line.slice("data: ".length)) as unknown);
  }
  return [body];
}

/** The same schema, but an object with named members may have no others, unless it says that it may. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  const isObject = members.type === "object" && typeof members.properties === "object";
  return isObject && members.additionalProperties === undefined ? { ...members, additionalProperties: false } : members;
}
