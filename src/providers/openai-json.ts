import type { JsonSchema } from "./provider.ts";

/** JSON mode is refused (400) unless the word JSON is somewhere in the messages. */
export const JSON_INSTRUCTION = "Answer with exactly one valid JSON value and nothing else.";

/** A schema as Responses (`text.format`) and Chat Completions (`response_format.json_schema`) take it. */
export function namedSchema(schema: JsonSchema): { name: string; schema: JsonSchema; strict: boolean } {
  return { name: "json_output", schema, strict: fitsStrictMode(schema) };
}

/** Keywords of JSON Schema that strict mode refuses (https://developers.openai.com/api/docs/guides/structured-outputs). */
const REFUSED_KEYWORDS = [
  "allOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentRequired",
  "dependentSchemas",
  "patternProperties",
  "unevaluatedProperties",
];

/**
 * True when strict mode takes the schema: its root is an object, every object names all its properties in `required` and
 * says `additionalProperties: false`, and no refused keyword occurs. Otherwise the schema is sent without `strict`, as
 * guidance; when an attempt ends its answer is held against the schema in any case.
 */
export function fitsStrictMode(schema: JsonSchema): boolean {
  return schema.type === "object" && isStrict(schema);
}

function isStrict(schema: unknown): boolean {
  if (!isRecord(schema) || REFUSED_KEYWORDS.some((keyword) => keyword in schema)) return false;
  return isClosed(schema) && partsOf(schema).every(isStrict);
}

function isClosed(schema: JsonSchema): boolean {
  const { type, properties, required } = schema;
  const isObject = type === "object" || (Array.isArray(type) && type.includes("object")) || properties !== undefined;
  if (!isObject) return true;
  if (!isRecord(properties) || schema.additionalProperties !== false || !Array.isArray(required)) return false;
  return Object.keys(properties).every((name) => required.includes(name));
}

/** The schemas directly inside one. */
function partsOf(schema: JsonSchema): unknown[] {
  const maps = [schema.properties, schema.$defs, schema.definitions].filter(isRecord).flatMap((map) => Object.values(map));
  const items = schema.items === undefined ? [] : [schema.items];
  const choices: unknown[] = Array.isArray(schema.anyOf) ? schema.anyOf : [];
  return [...maps, ...items, ...choices];
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
