import { format, type OutputUnit, type Schema, validate } from "@cfworker/json-schema";
import { describeError } from "./log.ts";
import { patternSteps } from "./pattern-steps.ts";
import { isSchemaObject, mapParts, referredSchema, type SchemaObject, schemasByPointer } from "./schema-parts.ts";

/** A value held against a schema is 1, its long texts and lists are more. All of it takes some seconds of one core at worst. */
const MOST_WORK = 2_000_000;
/** Steps of pattern matching: for one text, and for all of an answer. */
const MOST_STEPS_PER_TEXT = 1e8;
const MOST_STEPS = 1e9;
const MESSAGE_CHARACTERS = 200;

/** Plain texts, whose checks take time in proportion to their length. Other formats say something to the reader only. */
const FORMATS = ["date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

const OWN_KEYWORDS = [
  "const",
  "dependentRequired",
  "enum",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "maxContains",
  "maximum",
  "maxItems",
  "maxLength",
  "maxProperties",
  "minContains",
  "minimum",
  "minItems",
  "minLength",
  "minProperties",
  "multipleOf",
  "required",
  "uniqueItems",
];

/** Keywords whose failure is told by the failures inside of them. */
const WRAPPERS = [
  "$ref",
  "additionalItems",
  "additionalProperties",
  "allOf",
  "dependentSchemas",
  "if",
  "items",
  "prefixItems",
  "properties",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
];

class TooMuchWork extends Error {}

/**
 * What keeps a JSON value from fitting a schema that `schemaProblem` finds nothing wrong with: the JSON Pointer of the place
 * and what was expected there, 200 characters at most; undefined when it fits. JSON Schema 2020-12, `$id` and anchors aside.
 *
 * Takes seconds at most, whatever the schema and the value: one that would take longer does not fit. A pattern that might
 * take too long on a text fits it, untested.
 */
export function misfit(value: unknown, schema: SchemaObject): string | undefined {
  const check = new Check(value);
  try {
    const { root, lookup } = check.prepared(schema);
    const { valid, errors } = validate(value, root, "2020-12", lookup);
    return valid ? undefined : told(errors);
  } catch (thrown) {
    // A RangeError is the end of the stack. Whatever else the validator throws, the value was not found to fit.
    const isTooMuch = thrown instanceof TooMuchWork || thrown instanceof RangeError;
    const why = isTooMuch ? "it takes too much work" : describeError(thrown);
    return clipped(`it cannot be verified: ${why}`);
  } finally {
    check.end();
  }
}

/** One value on its way through the validator, which knows no limits of its own. */
class Check {
  readonly #keys = new Set<string>();
  readonly #copies = new Map<SchemaObject, Schema>();
  readonly #tests = new Map<string, (text: string) => boolean | undefined>();
  #longestArray = 0;
  #longestText = 0;
  #work = MOST_WORK;
  #steps = MOST_STEPS;

  constructor(value: unknown) {
    this.#survey(value);
  }

  /** A copy of the schema for this value alone: all in it that could take long is counted or replaced. */
  prepared(schema: SchemaObject): { root: Schema; lookup: { [ref: string]: Schema | boolean } } {
    const schemas = schemasByPointer(schema);
    const root = this.#copy(schema) as Schema;
    const references = [...schemas.values()].flatMap((each) =>
      isSchemaObject(each) && typeof each.$ref === "string" ? each.$ref : [],
    );
    const lookup = Object.fromEntries(references.map((ref) => [ref, this.#copy(referredSchema(ref, schemas))]));
    return { root, lookup };
  }

  end(): void {
    for (const pattern of this.#tests.keys()) delete format[formatName(pattern)];
  }

  #survey(value: unknown): void {
    if (typeof value === "string") this.#longestText = Math.max(this.#longestText, value.length);
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) this.#longestArray = Math.max(this.#longestArray, value.length);
    else for (const key of Object.keys(value)) this.#keys.add(key);
    for (const member of Object.values(value)) this.#survey(member);
  }

  #copy(schema: unknown): Schema | boolean {
    if (!isSchemaObject(schema)) return schema !== false;
    const known = this.#copies.get(schema);
    if (known !== undefined) return known;
    const own = Object.fromEntries(
      OWN_KEYWORDS.filter((keyword) => schema[keyword] !== undefined).map((keyword) => [keyword, schema[keyword]]),
    );
    const copy: Schema = own;
    this.#copies.set(schema, copy);
    Object.assign(copy, this.#partsOf(schema));
    if (typeof schema.$ref === "string") copy.$ref = schema.$ref;
    if (typeof schema.format === "string" && FORMATS.includes(schema.format)) copy.format = schema.format;
    if (typeof schema.pattern === "string") copy.allOf = [...(copy.allOf ?? []), { format: this.#formatOf(schema.pattern) }];
    const work = this.#workOf(copy);
    // The validator reads this once for each value that it holds against the schema.
    Object.defineProperty(copy, "type", { enumerable: true, get: () => this.#read(schema.type, work) });
    return copy;
  }

  #partsOf(schema: SchemaObject): Partial<Schema> {
    const { patternProperties = {}, ...parts } = mapParts(schema, (part) => this.#copy(part)) as Partial<Schema>;
    const patterns = Object.entries(patternProperties);
    if (patterns.length === 0) return parts;
    const named = [...this.#keys].flatMap((key) => {
      const tested = patterns.map(([pattern, part]) => ({ fits: this.#test(pattern)(key), part }));
      if (tested.every(({ fits }) => fits === false)) return [];
      const own = parts.properties !== undefined && Object.hasOwn(parts.properties, key) ? parts.properties[key] : undefined;
      const fitting = tested.flatMap(({ fits, part }) => (fits === true ? [part] : [])) as Schema[];
      return [[key, { allOf: [...(own === undefined ? [] : [own as Schema]), ...fitting] } satisfies Schema] as const];
    });
    return { ...parts, properties: { ...parts.properties, ...Object.fromEntries(named) } };
  }

  /** What holding one value against the schema takes at most, without the schemas inside. */
  #workOf(copy: Schema): number {
    const { properties = {}, ...rest } = copy;
    const own = JSON.stringify(OWN_KEYWORDS.map((keyword) => rest[keyword])).length / 32;
    const text = rest.minLength ?? rest.maxLength ?? rest.format;
    // Unique items are compared each with each.
    const pairs = rest.uniqueItems === true ? this.#longestArray ** 2 / 16 : 0;
    return own + Object.keys(properties).length / 8 + (text === undefined ? 0 : this.#longestText / 400) + pairs;
  }

  #read(type: unknown, work: number): unknown {
    this.#work -= work;
    if (this.#work < 0) throw new TooMuchWork();
    return type;
  }

  /** A format of the validator that tests a pattern, for as long as this check lasts. */
  #formatOf(pattern: string): string {
    const test = this.#test(pattern);
    format[formatName(pattern)] = (text) => test(text) !== false;
    return formatName(pattern);
  }

  #test(pattern: string): (text: string) => boolean | undefined {
    const known = this.#tests.get(pattern);
    if (known !== undefined) return known;
    const [steps, expression] = [patternSteps(pattern), new RegExp(pattern, "u")];
    const test = (text: string): boolean | undefined => {
      const needed = steps(text.length);
      if (needed > MOST_STEPS_PER_TEXT || needed > this.#steps) return undefined;
      this.#steps -= needed;
      try {
        return expression.test(text);
      } catch {
        // Only a test shows that an expression is too large for the engine.
        return undefined;
      }
    };
    this.#tests.set(pattern, test);
    return test;
  }
}

const formatName = (pattern: string): string => `pattern ${pattern}`;

function told(errors: readonly OutputUnit[]): string {
  const unit = errors.find(({ keyword }) => !WRAPPERS.includes(keyword)) ?? errors.at(-1);
  const place = unit?.instanceLocation.slice(1) || "the whole";
  const expected = unit?.keyword === "false" ? "It is not allowed." : unit?.error.replace('format "pattern ', 'pattern "');
  return clipped(`${place}: ${expected}`);
}

const clipped = (message: string): string =>
  message.length <= MESSAGE_CHARACTERS ? message : `${message.slice(0, MESSAGE_CHARACTERS - 1)}…`;
