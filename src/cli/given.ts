import { UsageError } from "./usage-error.ts";

type Value = string | boolean | (string | boolean)[] | undefined;

/** What a command was given: its words, and its flags by name. Each throws UsageError for what cannot be meant. */
export class Given<Name extends string> {
  readonly words: readonly string[];
  readonly #values: { readonly [name: string]: Value };

  constructor(words: readonly string[], values: { readonly [name: string]: Value }) {
    this.words = words;
    this.#values = values;
  }

  /** The word at this place; the command's `words` say that there is one. */
  word(index: number): string {
    return this.words[index] ?? "";
  }

  text(name: Name): string | undefined {
    const value = this.#values[name];
    if (value === "") throw new UsageError(`--${name} must not be empty`);
    return typeof value === "string" ? value : undefined;
  }

  flag(name: Name): boolean {
    return this.#values[name] === true;
  }

  /** Its range is the API's to check. */
  number(name: Name): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : numberOf(text, `--${name}`);
  }

  /** One of the API's constants, in whatever case and with dashes: `code-review` is CODE_REVIEW. */
  constant(name: Name): string | undefined {
    return this.text(name)?.toUpperCase().replaceAll("-", "_");
  }

  /** `a,b,c`; none of them empty. */
  list(name: Name): string[] | undefined {
    const parts = this.text(name)
      ?.split(",")
      .map((part) => part.trim());
    if (parts?.includes("") === true) throw new UsageError(`--${name} has an empty entry`);
    return parts;
  }

  /** Every `NAME=VALUE` of a flag that may be given more than once; undefined when it was not given. */
  pairs(name: Name): { [name: string]: string } | undefined {
    const given = this.#values[name];
    if (!Array.isArray(given)) return undefined;
    return Object.fromEntries(
      given.map((pair) => {
        const [key = "", ...value] = String(pair).split("=");
        if (key === "" || value.length === 0) throw new UsageError(`--${name} takes NAME=VALUE, not "${pair}"`);
        return [key, value.join("=")];
      }),
    );
  }
}

/** `what` names it in the error. */
export function numberOf(text: string, what: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) throw new UsageError(`${what} must be a number, not "${text}"`);
  return number;
}
