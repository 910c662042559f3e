import type { Piece } from "./pattern.ts";

/** `{{input}}` and `{{steps.NAME.output}}`; whatever else begins as these do is a mistake and not text. */
const PLACEHOLDER = /\{\{\s*(input|steps)\b([^{}]*)\}\}/g;
const STEP = /^\.([^.\s]+)\.output\s*$/;

/** The pieces of a prompt. Text between them stays as it is, braces too. */
export function piecesOf(template: string, input: string | undefined): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: placeholder, 1: kind, 2: rest = "", index } of template.matchAll(PLACEHOLDER)) {
    const [, name] = STEP.exec(rest) ?? [];
    pieces.push(template.slice(end, index), kind === "steps" && name !== undefined ? { output_of: name } : (input ?? ""));
    end = index + placeholder.length;
  }
  return [...pieces, template.slice(end)].filter((piece) => piece !== "");
}

/** What is wrong with a prompt's placeholders; empty when all can be filled in from `earlier` steps and the input. */
export function templateProblems(template: string, earlier: readonly string[], hasInput: boolean): string[] {
  return [...template.matchAll(PLACEHOLDER)].flatMap(({ 0: placeholder, 1: kind, 2: rest = "" }) => {
    if (kind === "input" && rest.trim() === "") return hasInput ? [] : [`${placeholder} is used, and there is no input`];
    const [, name] = kind === "steps" ? (STEP.exec(rest) ?? []) : [];
    if (name === undefined) return [`${placeholder} is neither {{input}} nor {{steps.NAME.output}}`];
    return earlier.includes(name) ? [] : [`${placeholder} does not name an earlier step`];
  });
}
