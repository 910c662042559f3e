import { exactDollars } from "../lib/dollar-text.ts";
import { nanosOf } from "../lib/nanos.ts";

/** How many characters of answers one tool result has at most; the resource has the whole. */
export const SHOWN_CHARACTERS = 32_000;
/** Of each of several results, at most so many rows. */
export const SHOWN_ROWS = 100;
/** Of a preview on a list. */
const PREVIEW_CHARACTERS = 200;

/** Many clients show a model the data of a result and not its text: what to do next stands in both. */
export const NEXT_STEP = { type: ["string", "null"], description: "What to do next; null when there is nothing." };

/** The first `characters` of a text (UTF-16 units), never half of a character. */
export function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(characters - 1));
  return text.slice(0, isHalf ? characters - 1 : characters);
}

/** A preview as a list has it. */
export const preview = (text: string | null): string | null =>
  text === null || text.length <= PREVIEW_CHARACTERS ? text : `${cut(text, PREVIEW_CHARACTERS)}…`;

/** US dollars with every digit there is. */
export const money = (cost: number | null): string => (cost === null ? "unknown cost" : exactDollars(nanosOf(cost)));

/** On one line, as lists show it. */
export const oneLine = (text: string | null): string => (text ?? "").replace(/\s+/g, " ").trim();
