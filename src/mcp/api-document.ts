/** A JSON Schema, as far as it is looked at here. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What one operation of the API takes and gives; every reference in its schemas is replaced by what it refers to. */
export type ApiOperation = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** As OpenAPI writes it: `/v1/delegations/{task_id}`. */
  path: string;
  parameters: readonly { name: string; required: boolean; schema: JsonSchema }[];
  body: JsonSchema | undefined;
  answer: JsonSchema;
};

type Media = { readonly "application/json"?: { schema?: JsonSchema } };
type Documented = {
  operationId: string;
  parameters: readonly { name: string; in: string; required: boolean; schema: JsonSchema }[];
  requestBody?: { content: Media };
  responses: { readonly [status: string]: { content?: Media } };
};

/** The part of the OpenAPI document that is read here. */
export type ApiDocument = {
  paths: { readonly [path: string]: { readonly [method: string]: Documented } };
  components: { schemas: Components };
};
type Components = { readonly [name: string]: JsonSchema };

const COMPONENTS = "#/components/schemas/";
/** Notes for readers of the document; and a keyword that not all clients know, which the API holds to by itself. */
const LEFT_OUT: ReadonlySet<string> = new Set(["example", "examples", "propertyNames"]);

/** Every operation by its id. */
export function operationsOf({ paths, components }: ApiDocument): ReadonlyMap<string, ApiOperation> {
  const whole = (schema: JsonSchema) => inlined(schema, components.schemas) as JsonSchema;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]): [string, ApiOperation] => {
      const { operationId, parameters, requestBody, responses } = documented;
      const [, success] = Object.entries(responses).find(([status]) => status.startsWith("2")) ?? [];
      const body = requestBody?.content["application/json"]?.schema;
      const operation = {
        method: method.toUpperCase() as ApiOperation["method"],
        path,
        parameters: parameters
          .filter((parameter) => parameter.in !== "header")
          .map(({ name, required, schema }) => ({ name, required, schema: whole(schema) })),
        body: body && whole(body),
        answer: whole(success?.content?.["application/json"]?.schema ?? {}),
      };
      return [operationId, operation];
    }),
  );
  return new Map(operations);
}

/** What refers to itself on the way down is any JSON; a pattern beside a format says the same again, at length. */
function inlined(value: unknown, components: Components, within: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((each) => inlined(each, components, within));
  if (typeof value !== "object" || value === null) return value;
  if ("$ref" in value && typeof value.$ref === "string") {
    const { $ref, ...beside } = value as JsonSchema & { $ref: string };
    const name = $ref.slice(COMPONENTS.length);
    const target = within.includes(name) || isAnyJson(name, components) ? {} : components[name];
    return { ...(inlined(target ?? {}, components, [...within, name]) as JsonSchema), ...beside };
  }
  const told = Object.entries(value).filter(([name]) => !LEFT_OUT.has(name) && !(name === "pattern" && "format" in value));
  const members = told.map(([name, member]) => {
    if (name !== "properties") return [name, inlined(member, components, within)];
    // The names in here are the caller's fields: none of them is a keyword.
    return [
      name,
      Object.fromEntries(Object.entries(member).map(([field, schema]) => [field, inlined(schema, components, within)])),
    ];
  });
  return Object.fromEntries(members);
}

const isAnyJson = (name: string, components: Components): boolean =>
  JSON.stringify(components[name] ?? {}).includes(`"${COMPONENTS}${name}"`);
