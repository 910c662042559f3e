type Schema = { [key: string]: unknown };

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const count = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

/** A small JSON value that fits a JSON Schema, for the schemas that structured outputs use; `root` resolves local `$ref`s. */
export function sampleJson(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isSchema(schema) || depth > 12) return null;
  if (typeof schema.$ref === "string") return sampleJson(resolve(schema.$ref, root), root, depth + 1);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  const choice = list(schema.anyOf)[0] ?? list(schema.oneOf)[0];
  if (choice !== undefined) return sampleJson(choice, root, depth + 1);
  const parts = list(schema.allOf).filter(isSchema);
  if (parts.length > 0) return sampleJson(merge([schema, ...parts]), root, depth + 1);
  return sampleOfType(schema, root, depth);
}

function sampleOfType(schema: Schema, root: unknown, depth: number): unknown {
  switch (typeOf(schema)) {
    case "object":
      return sampleObject(schema, root, depth);
    case "array": {
      const length = Math.min(Math.max(count(schema.minItems, 1), 1), count(schema.maxItems, Number.POSITIVE_INFINITY));
      return Array.from({ length }, () => sampleJson(schema.items ?? { type: "string" }, root, depth + 1));
    }
    case "integer":
      return Math.ceil(sampleNumber(schema, 1));
    case "number":
      return sampleNumber(schema, 0.5);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return sampleString(schema);
  }
}

function typeOf(schema: Schema): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (typeof type === "string") return type.toLowerCase();
  if ("properties" in schema) return "object";
  return "items" in schema ? "array" : "string";
}

function sampleObject(schema: Schema, root: unknown, depth: number): unknown {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = new Set(list(schema.required));
  const wanted = Object.entries(properties).filter(([name]) => depth < 6 || required.has(name));
  return Object.fromEntries(wanted.map(([name, property]) => [name, sampleJson(property, root, depth + 1)]));
}

function sampleNumber(schema: Schema, otherwise: number): number {
  const low = count(schema.minimum, count(schema.exclusiveMinimum, Number.NEGATIVE_INFINITY) + 1);
  const high = count(schema.maximum, count(schema.exclusiveMaximum, Number.POSITIVE_INFINITY) - 1);
  return Math.min(Math.max(otherwise, low), high);
}

const FORMATS: { [format: string]: string } = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  email: "someone@example.com",
  uri: "https://example.com/",
  uuid: "123e4567-e89b-12d3-a456-426614174000",
};

function sampleString(schema: Schema): string {
  const sample = FORMATS[String(schema.format)] ?? "sample";
  return sample.padEnd(count(schema.minLength, 0), ".").slice(0, count(schema.maxLength, Number.POSITIVE_INFINITY));
}

function merge(schemas: Schema[]): Schema {
  const { allOf: _, ...merged } = Object.assign({}, ...schemas) as Schema;
  merged.properties = Object.assign({}, ...schemas.map((schema) => schema.properties));
  merged.required = schemas.flatMap((schema) => list(schema.required));
  return merged;
}

function resolve(reference: string, root: unknown): unknown {
  const steps = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  return steps.reduce<unknown>(
    (at, step) => (isSchema(at) ? at[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined),
    root,
  );
}
