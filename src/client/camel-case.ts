type CamelName<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelName<Tail>>}` : Name;

/** What belongs to the caller or to a model: its names are left as they are. */
type Opaque = "properties" | "output_data" | "output_schema" | "detail";
const OPAQUE: ReadonlySet<string> = new Set<Opaque | "outputData" | "outputSchema">([
  "properties",
  "output_data",
  "outputData",
  "output_schema",
  "outputSchema",
  "detail",
]);

/** Tables whose own names are ids or codes, which stay; what stands in them is renamed. */
type Table = "results" | "errors";
const TABLES: ReadonlySet<string> = new Set<Table>(["results", "errors"]);

/** A model by its name or alias, or as it was selected. */
export type ModelChoice = string | { readonly model: string; readonly alias?: string };

/** The API's JSON with its names in camelCase, at every depth; what is opaque keeps its own. */
export type Camel<T> = T extends readonly (infer Element)[]
  ? Camel<Element>[]
  : T extends object
    ? { [Name in keyof T as CamelName<Name & string>]: Name extends Opaque ? T[Name] : Camel<T[Name]> }
    : T;

/** The body of a call in camelCase; a selection may stand wherever a model is named. */
export type Input<T> = T extends readonly (infer Element)[]
  ? readonly Input<Element>[]
  : T extends object
    ? {
        [Name in keyof T as CamelName<Name & string>]: Name extends Opaque
          ? T[Name]
          : Name extends "model"
            ? T[Name] | ModelChoice
            : Input<T[Name]>;
      }
    : T;

/** JSON from the API in the client's names. */
export const camel = <T>(json: T): Camel<T> =>
  renamed(json, (name) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())) as Camel<T>;

/** The client's input in the API's names, selections as their models' ids; undefined members are dropped when it becomes JSON. */
export const snake = (input: unknown): unknown =>
  renamed(input, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

type Rename = (name: string) => string;
const AS_IT_IS: Rename = (name) => name;

function renamed(value: unknown, rename: Rename, names: Rename = rename): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, rename));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [names(name), memberOf(name, member, rename)]);
  return Object.fromEntries(members);
}

function memberOf(name: string, member: unknown, rename: Rename): unknown {
  if (OPAQUE.has(name)) return member;
  if (name === "model" && typeof member === "object" && member !== null && "model" in member) return member.model;
  return renamed(member, rename, TABLES.has(name) ? AS_IT_IS : rename);
}
