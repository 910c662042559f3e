import type { ApiOperation, JsonSchema } from "./api-document.ts";

type ObjectSchema = JsonSchema & { properties: { readonly [name: string]: JsonSchema }; required?: readonly string[] };

/**
 * What a tool takes: the operation's parameters and the fields of its body side by side. Without `omitted`; with `own`, which
 * are the tool's. It is an object on the outside, as the vendors' tool interfaces want it.
 */
export function inputSchema(
  { parameters, body = {} }: Pick<ApiOperation, "parameters" | "body">,
  { omitted = [], own = {} }: { omitted?: readonly string[]; own?: { readonly [name: string]: JsonSchema } } = {},
): JsonSchema {
  const { properties, required = [], description: _, ...rest } = asObject(body);
  const named = parameters.filter(({ name }) => !omitted.includes(name));
  const fields = named.map(({ name, schema }) => [name, schema]);
  const needed = [...named.flatMap((parameter) => (parameter.required ? [parameter.name] : [])), ...required];
  return saidOnce({
    ...rest,
    type: "object",
    properties: { ...Object.fromEntries(fields), ...properties, ...own },
    ...(needed.length > 0 && { required: needed }),
    additionalProperties: false,
  });
}

/** What a tool gives: the operation's answer without `omitted`, with `added`, which are always there. */
export function outputSchema(
  answer: JsonSchema,
  { omitted = [], added = {} }: { omitted?: readonly string[]; added?: { readonly [name: string]: JsonSchema } } = {},
): JsonSchema {
  const { properties, required = [], ...rest } = asObject(answer);
  const kept = Object.entries(properties).filter(([name]) => !omitted.includes(name));
  return saidOnce({
    ...rest,
    type: "object",
    properties: { ...Object.fromEntries(kept), ...added },
    required: [...required.filter((name) => !omitted.includes(name)), ...Object.keys(added)],
  });
}

/** Models pay for every word of a schema: a description that stands in it already is not said again. */
function saidOnce(schema: JsonSchema): JsonSchema {
  const said = new Set<string>();
  const shortened = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shortened);
    if (typeof value !== "object" || value === null) return value;
    const { description, ...others } = value as JsonSchema;
    const isSaid = typeof description === "string" && said.has(description);
    if (typeof description === "string") said.add(description);
    const members = Object.entries(others).map(([name, member]) => [name, shortened(member)]);
    return {
      ...Object.fromEntries(members),
      ...(!isSaid && description !== undefined && { description: shortened(description) }),
    };
  };
  return shortened(schema) as JsonSchema;
}

/** One object that takes what any of several takes: each vendor's tool interface refuses alternatives on the outside. */
function asObject(schema: JsonSchema): ObjectSchema {
  if (!Array.isArray(schema.oneOf)) return { properties: {}, ...schema } as ObjectSchema;
  const { oneOf, ...rest } = schema;
  const kinds = oneOf as ObjectSchema[];
  const names = [...new Set(kinds.flatMap(({ properties }) => Object.keys(properties)))];
  const required = names.filter((name) => kinds.every((kind) => kind.required?.includes(name)));
  return { ...rest, properties: Object.fromEntries(names.map((name) => [name, shared(name, kinds)])), required };
}

/** A property that not all kinds have says in which it is; which kind it is, is the one that all have as a constant. */
function shared(name: string, kinds: readonly ObjectSchema[]): JsonSchema {
  const having = kinds.filter(({ properties }) => name in properties);
  const schemas = having.map(({ properties }) => properties[name] ?? {});
  const constants = schemas.flatMap((schema) => ("const" in schema ? [schema.const] : []));
  if (constants.length === schemas.length) return { type: "string", enum: constants };
  const [first = {}, ...others] = schemas;
  const bare = ({ description: _, ...schema }: JsonSchema) => JSON.stringify(schema);
  const same = others.every((other) => bare(other) === bare(first)) ? first : { anyOf: schemas };
  if (having.length === kinds.length) return same;
  const where = `With ${having.map(kindOf).join(", ")}.`;
  const { description } = same;
  return { ...same, description: typeof description === "string" ? `${where} ${description}` : where };
}

const kindOf = ({ properties }: ObjectSchema): unknown => Object.values(properties).find((schema) => "const" in schema)?.const;
