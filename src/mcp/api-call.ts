import { pathPart } from "../client/ask.ts";
import type { ApiCall } from "../client/transport.ts";
import type { ApiOperation } from "./api-document.ts";

export type Arguments = { readonly [name: string]: unknown };

/** Sent by the API's own rule as `property.<name>=<value>`. */
const PROPERTY = "property";

/**
 * The call that an operation makes of a tool's arguments. What is no part of its path goes to its body, or to its query: the
 * API refuses what it does not know, so nothing is left out here.
 */
export function apiCall({ method, path }: Pick<ApiOperation, "method" | "path">, given: Arguments): ApiCall {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathPart(textOf(given[name] ?? "")));
  const others = Object.fromEntries(Object.entries(given).filter(([name]) => !inPath.includes(name)));
  if (method === "GET" || method === "DELETE") return { method, path: filled, query: queryOf(others) };
  const isEmpty = inPath.length > 0 && Object.keys(others).length === 0;
  return { method, path: filled, ...(!isEmpty && { body: others }) };
}

function queryOf(given: Arguments): NonNullable<ApiCall["query"]> {
  const entries = Object.entries(given).flatMap(([name, value]): [string, unknown][] =>
    name === PROPERTY && typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([property, wanted]) => [`${PROPERTY}.${property}`, wanted])
      : [[name, value]],
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, value === null ? null : textOf(value)]));
}

/** A list is written with commas, as the API's lists are. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
