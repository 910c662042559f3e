import { misfit } from "./fits-schema.ts";
import { isSchemaObject, mapParts, referredSchema, type SchemaObject, schemasByPointer } from "./schema-parts.ts";

/** More than any schema needs that is not made to take long. */
const MOST_ALTERNATIVES = 10_000;

const each = (keywords: readonly string[], schema: unknown) => Object.fromEntries(keywords.map((keyword) => [keyword, schema]));
const CONDITIONAL = ["if", "then", "else"];
const orArray = (array: unknown, other: unknown) =>
  Object.fromEntries([{ type: "array" }, array, other].map((schema, at) => [CONDITIONAL[at], schema]));

const SCHEMA = { $ref: "#" };
const LIST = { type: "array", items: SCHEMA, minItems: 1 };
const NAMES = { type: "array", items: { type: "string" } };
const TYPE = { enum: ["array", "boolean", "integer", "null", "number", "object", "string"] };
const mapOf = (member: unknown) => ({ type: "object", additionalProperties: member });

/** What the keywords of a schema have to be; others may be anything. References by name are not followed here. */
const META_SCHEMA: SchemaObject = {
  type: ["object", "boolean"],
  properties: {
    ...each(["$dynamicRef", "$recursiveRef"], false),
    ...each(["$ref", "format", "pattern"], { type: "string" }),
    ...each(["additionalItems", "additionalProperties", "contains", "else", "if", "not"], SCHEMA),
    ...each(["propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"], SCHEMA),
    ...each(["allOf", "anyOf", "oneOf", "prefixItems"], LIST),
    ...each(["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"], mapOf(SCHEMA)),
    ...each(["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"], { type: "number" }),
    ...each(["maxContains", "maxItems", "maxLength", "maxProperties"], { type: "integer", minimum: 0 }),
    ...each(["minContains", "minItems", "minLength", "minProperties"], { type: "integer", minimum: 0 }),
    dependencies: mapOf(orArray(NAMES, SCHEMA)),
    dependentRequired: mapOf(NAMES),
    enum: { type: "array" },
    items: orArray(LIST, SCHEMA),
    multipleOf: { type: "number", exclusiveMinimum: 0 },
    required: NAMES,
    type: orArray({ items: TYPE, minItems: 1 }, TYPE),
    uniqueItems: { type: "boolean" },
  },
};

/**
 * Why answers cannot be held against a schema, with the JSON Pointer of the place; undefined when they can (see `misfit`). A
 * `$ref` has to lead to a schema inside this one: nothing is fetched.
 */
export function schemaProblem(schema: SchemaObject): string | undefined {
  const malformed = misfit(schema, META_SCHEMA);
  if (malformed !== undefined) return `is not a JSON Schema at ${malformed}`;
  const schemas = schemasByPointer(schema);
  for (const [pointer, part] of schemas) {
    const problem = isSchemaObject(part) ? problemOf(part, schemas) : undefined;
    if (problem !== undefined) return `${pointer || "the whole"}: ${problem}`.slice(0, 300);
  }
  const alternatives = countAlternatives(schema, schemas);
  if (alternatives === undefined) return "has a schema that refers to itself for the same value";
  if (alternatives > MOST_ALTERNATIVES)
    return `holds more than ${MOST_ALTERNATIVES.toLocaleString("en-US")} schemas against one value`;
  return undefined;
}

function problemOf(schema: SchemaObject, schemas: ReadonlyMap<string, unknown>): string | undefined {
  if (schema.$ref !== undefined && referredSchema(schema.$ref, schemas) === undefined) {
    return `$ref has to be the JSON Pointer of a schema inside this one, like "#/$defs/name": ${JSON.stringify(schema.$ref)}`;
  }
  const patterns = [
    ...(typeof schema.pattern === "string" ? [schema.pattern] : []),
    ...Object.keys(schema.patternProperties ?? {}),
  ];
  const broken = patterns.find((pattern) => !compiles(pattern));
  return broken === undefined ? undefined : `is not a regular expression of ECMAScript: ${JSON.stringify(broken)}`;
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

const SAME_VALUE = /^\/(?:allOf|anyOf|oneOf|not|if|then|else|dependentSchemas|dependencies)(?:\/|$)/;

/** The most schemas that one value is held against, through references too; undefined for a circle of them, which never ends. */
function countAlternatives(root: SchemaObject, schemas: ReadonlyMap<string, unknown>): number | undefined {
  const counts = new Map<unknown, number | undefined>();
  const count = (schema: unknown): number => {
    if (!isSchemaObject(schema)) return 1;
    if (counts.has(schema)) return counts.get(schema) ?? Number.NaN;
    counts.set(schema, undefined);
    let total = 1;
    mapParts(schema, (part, pointer) => {
      if (SAME_VALUE.test(pointer)) total += count(part);
    });
    if (schema.$ref !== undefined) total += count(referredSchema(schema.$ref, schemas));
    counts.set(schema, total);
    return total;
  };
  const most = [...new Set([root, ...schemas.values()])].map(count).reduce((left, right) => Math.max(left, right), 0);
  return Number.isNaN(most) ? undefined : most;
}
