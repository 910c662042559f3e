export type SchemaObject = { readonly [keyword: string]: unknown };

const SINGLE = [
  "additionalItems",
  "additionalProperties",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
];
const LISTS = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];
const MAPS = ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

export const isSchemaObject = (value: unknown): value is SchemaObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The keywords of a schema that hold schemas, with `change` in place of each of these. `pointer` is where it is from there
 * (RFC 6901). Lists of names in `dependencies` stay as they are.
 */
export function mapParts(schema: SchemaObject, change: (part: unknown, pointer: string) => unknown): SchemaObject {
  const changed = (keyword: string, value: unknown): unknown => {
    if (Array.isArray(value))
      return LISTS.includes(keyword) ? value.map((part, at) => change(part, `/${keyword}/${at}`)) : undefined;
    if (!MAPS.includes(keyword)) return SINGLE.includes(keyword) ? change(value, `/${keyword}`) : undefined;
    if (!isSchemaObject(value)) return undefined;
    const member = (name: string, part: unknown) => (Array.isArray(part) ? part : change(part, `/${keyword}/${escaped(name)}`));
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, member(name, part)]));
  };
  const entries = Object.entries(schema).map(([keyword, value]) => [keyword, changed(keyword, value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Every schema in a schema, itself included, by its JSON Pointer. */
export function schemasByPointer(root: SchemaObject): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (schema: unknown, pointer: string): void => {
    found.set(pointer, schema);
    if (isSchemaObject(schema)) mapParts(schema, (part, at) => visit(part, `${pointer}${at}`));
  };
  visit(root, "");
  return found;
}

/** What a `$ref` refers to; undefined unless that is a schema inside the same document, named by its JSON Pointer. */
export function referredSchema(ref: unknown, schemas: ReadonlyMap<string, unknown>): unknown {
  if (typeof ref !== "string" || !ref.startsWith("#")) return undefined;
  try {
    return schemas.get(decodeURIComponent(ref.slice(1)));
  } catch {
    return undefined;
  }
}

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
