import { z } from "zod";
import { API_ERRORS, type ApiErrorCode } from "../errors.ts";
import { codeSamples } from "./code-samples.ts";
import { hasBody, type Operation, type Success } from "./operation.ts";
import { Problem } from "./problem.ts";

const JSON_TYPE = "application/json";
const DEFINITIONS = "#/$defs/";
const COMPONENTS = "#/components/schemas/";
/** zod names a definition of its own `__schema0`: the one recursive type here, any JSON value. */
const OWN_NAMES: { readonly [name: string]: string } = { __schema0: "Json" };

type JsonSchema = z.core.JSONSchema.JSONSchema;
type Info = { title: string; version: string; description: string };

/** The OpenAPI 3.1 document of `operations`: made of the schemas that validate, so that it cannot say anything else. */
export function openApiDocument(operations: readonly Operation[], info: Info): object {
  const schemas = jsonSchemas(operations);
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: documented(operation, schemas.of) };
  }
  return {
    openapi: "3.1.0",
    info,
    servers: [{ url: "/" }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ key: [] }],
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "A key of the workspace, or DEPUTE_ADMIN_KEY." } },
    },
  };
}

type SchemaOf = (schema: z.ZodType) => JsonSchema;

function documented(operation: Operation, schemaOf: SchemaOf): object {
  const { id, tag, summary, description, scope, successes } = operation;
  const bodies = Object.entries(successes).map(([status, success]) => [status, successResponse(success, schemaOf)]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(scope === null ? { security: [] } : { "x-depute-scope": scope }),
    ...(operation.ownerOnly === true && { "x-depute-owner-only": true }),
    parameters: [
      ...parameters("path", operation.pathSchema, schemaOf),
      ...parameters("query", operation.querySchema, schemaOf),
      ...Object.entries(operation.headers ?? {}).map(([name, text]) => ({
        name,
        in: "header",
        description: text,
        schema: { type: "string" },
      })),
    ],
    ...(operation.bodySchema !== undefined && { requestBody: requestBody(operation, operation.bodySchema, schemaOf) }),
    responses: { ...Object.fromEntries(bodies), ...problemResponses(operation, schemaOf) },
    "x-codeSamples": codeSamples(operation),
  };
}

function requestBody(operation: Operation, schema: z.ZodType, schemaOf: SchemaOf): object {
  const example = operation.bodyExample === undefined ? {} : { example: operation.bodyExample };
  return {
    required: operation.bodyOptional !== true,
    content: { "application/json": { schema: schemaOf(schema), ...example } },
  };
}

function successResponse(success: Success, schemaOf: SchemaOf): object {
  const headers = { "X-Request-Id": "Names this request in the log.", ...success.headers };
  const { schema, entry = schema, example, mediaTypes = [JSON_TYPE] } = success;
  const content = (type: string) => {
    if (type.startsWith("text/csv")) return [type, { schema: { type: "string" } }];
    const said = type === JSON_TYPE ? schema : entry;
    return [type, { ...(said && { schema: schemaOf(said) }), ...(example !== undefined && { example }) }];
  };
  return {
    description: success.description,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: "string" } }]),
    ),
    ...(schema !== undefined && { content: Object.fromEntries(mediaTypes.map(content)) }),
  };
}

/** Every refusal of an operation, the codes that share a status together. */
function problemResponses(operation: Operation, schemaOf: SchemaOf): { [status: string]: object } {
  const inputs: ApiErrorCode[] = ["invalid_request", ...(hasBody(operation) ? (["payload_too_large"] as const) : [])];
  const callers: ApiErrorCode[] = operation.scope === null ? [] : ["unauthorized", "forbidden", "rate_limited"];
  const codes = [...new Set([...inputs, ...callers, ...operation.errors, "internal" as const, "unavailable" as const])];
  const byStatus = Map.groupBy(codes, (code) => API_ERRORS[code].status);
  const response = (same: readonly ApiErrorCode[]) => ({
    description: same.map((code) => `\`${code}\`: ${API_ERRORS[code].title}.`).join(" "),
    content: { "application/problem+json": { schema: schemaOf(Problem), example: problemExample(same[0] ?? "internal") } },
  });
  return Object.fromEntries([...byStatus].map(([status, same]) => [String(status), response(same)]));
}

function problemExample(code: ApiErrorCode): z.infer<typeof Problem> {
  const { status, title } = API_ERRORS[code];
  return {
    type: `urn:depute:error:${code}`,
    title,
    status,
    detail: `${title}.`,
    code,
    request_id: "0d5f1f60-9a3f-4b8e-a1f0-2f6f2a4b7c11",
  };
}

function parameters(place: "path" | "query", schema: z.ZodType | undefined, schemaOf: SchemaOf): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(typeof property === "object" && property.description !== undefined && { description: property.description }),
    schema: property,
  }));
}

/** All schemas in one conversion, so that each named one is one component. Input side: a client may get more than it knows. */
function jsonSchemas(operations: readonly Operation[]): { of: SchemaOf; components: { [name: string]: unknown } } {
  const used = [...new Set<z.ZodType>([Problem, ...operations.flatMap(schemasOf)])];
  const keys = new Map(used.map((schema, index) => [schema, `schema${index}`]));
  const all = z.object(Object.fromEntries(used.map((schema, index) => [`schema${index}`, schema])));
  const converted = z.toJSONSchema(all, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => dropSafeBounds(jsonSchema),
  });
  const components = Object.entries(converted.$defs ?? {}).map(([name, schema]) => [OWN_NAMES[name] ?? name, relocated(schema)]);
  return {
    of: (schema) => relocated(converted.properties?.[keys.get(schema) ?? ""] ?? {}) as JsonSchema,
    components: Object.fromEntries(components),
  };
}

const schemasOf = ({ pathSchema, querySchema, bodySchema, successes }: Operation): z.ZodType[] =>
  [pathSchema, querySchema, bodySchema, ...Object.values(successes).flatMap(({ schema, entry }) => [schema, entry])].filter(
    (schema) => schema !== undefined,
  );

/** zod writes the bounds of exact integers beside every one; they tell a reader nothing. */
function dropSafeBounds(schema: JsonSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}

/** The same with every reference pointing into the components. */
function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name !== "$ref" || typeof member !== "string") return [name, relocated(member)];
      const target = member.slice(DEFINITIONS.length);
      return [name, `${COMPONENTS}${OWN_NAMES[target] ?? target}`];
    }),
  );
}
