import type { Operation } from "./operation.ts";
import { SAMPLE_CALLS, type SampleCall, USUAL_PATH } from "./sample-calls.ts";

/** As `x-codeSamples` has it. */
type CodeSample = { lang: string; label: string; source: string };

const WIDE = 100;
const VARIABLE = /^[A-Z_]+$/;
const PREAMBLE = `import { createClient } from "depute/client";

const client = createClient({ baseUrl: process.env.DEPUTE_URL ?? "", apiKey: process.env.DEPUTE_KEY ?? "" });
`;

/** The same call for a shell and for TypeScript, made of what the operation declares; both take the address and the key from the environment. */
export function codeSamples(operation: Operation): CodeSample[] {
  const call = SAMPLE_CALLS[operation.id];
  if (call === undefined) return [];
  const shell = { lang: "bash", label: "curl", source: curlOf(operation, call) };
  if (call.client === undefined) return [shell];
  return [shell, { lang: "typescript", label: "TypeScript", source: `${PREAMBLE}\n${clientOf(operation, call, call.client)}` }];
}

function curlOf({ method, path, scope, bodyExample }: Operation, call: SampleCall): string {
  const url = `$DEPUTE_URL${path.replace(/\{(\w+)\}/g, (_, name: string) => shellWord(pathValue(call, name)))}`;
  const query = call.query === undefined ? "" : `?${call.query}`;
  const verb = method === "get" || (method === "post" && bodyExample !== undefined) ? "" : ` -X ${method.toUpperCase()}`;
  const parts = [
    `curl -sS${call.accept === undefined ? "" : "N"}${verb} "${url}${query}"`,
    ...(scope === null ? [] : [`-H "Authorization: Bearer $DEPUTE_KEY"`]),
    ...(call.accept === undefined ? [] : [`-H "Accept: ${call.accept}"`]),
    ...(bodyExample === undefined ? [] : [`-H "Content-Type: application/json"`, `-d '${quoted(printed(bodyExample))}'`]),
  ];
  return parts.join(" \\\n  ");
}

const clientOf = ({ bodyExample }: Operation, call: SampleCall, template: string): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "body" ? printed(camelCased(bodyExample)).replace(/"(\w+)":/g, "$1:") : expression(pathValue(call, name)),
  );

const pathValue = (call: SampleCall, name: string): string => call.path?.[name] ?? USUAL_PATH[name] ?? name;
const shellWord = (value: string): string => (VARIABLE.test(value) ? `$${value}` : value);
const expression = (value: string): string => (VARIABLE.test(value) ? `process.env.${value} ?? ""` : JSON.stringify(value));
const quoted = (text: string): string => text.replaceAll("'", "'\\''");

/** JSON on one line with spaces where it fits, indented otherwise. */
function printed(value: unknown): string {
  const indented = JSON.stringify(value, null, 2);
  const line = indented.replace(/\n\s*/g, " ").replace(/\[ (.*?) \]/g, "[$1]");
  return line.length <= WIDE ? line : indented;
}

/** The names of a body as the client has them; the examples hold nothing whose names are the caller's own. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camel(name), camelCased(member)]));
}
