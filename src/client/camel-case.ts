type CamelName<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelName<Tail>>}` : Name;

/** What belongs to the caller or to a model: its names are left as they are. */
type Opaque = "properties" | "output_data" | "output_schema";
const OPAQUE: ReadonlySet<string> = new Set<Opaque | "outputData" | "outputSchema">([
  "properties",
  "output_data",
  "outputData",
  "output_schema",
  "outputSchema",
]);

/** The API's JSON with its names in camelCase, at every depth; what is opaque keeps its own. */
export type Camel<T> = T extends readonly (infer Element)[]
  ? Camel<Element>[]
  : T extends object
    ? { [Name in keyof T as CamelName<Name & string>]: Name extends Opaque ? T[Name] : Camel<T[Name]> }
    : T;

/** JSON from the API in the client's names. */
export const camel = <T>(json: T): Camel<T> =>
  renamed(json, (name) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())) as Camel<T>;

/** The client's input in the API's names; undefined members are dropped when it becomes JSON. */
export const snake = (input: unknown): unknown =>
  renamed(input, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, rename));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    rename(name),
    OPAQUE.has(name) ? member : renamed(member, rename),
  ]);
  return Object.fromEntries(members);
}
