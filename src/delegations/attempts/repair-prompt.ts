import type { InvalidAnswer } from "../delegation-state.ts";

/** Stands between the prompt as it was given and what was wrong with the answer to it. */
export const REPAIR_OPENS = "\n\n---\nThe above was answered before, with what stands between the marks:\n";

/** The prompt with what came of it, and what to do about that. */
export function repairPrompt(prompt: string, { answer, isCut, problem }: InvalidAnswer): string {
  const left = isCut ? "\n[the rest is left out here]" : "";
  return `${prompt}${REPAIR_OPENS}<<<\n${answer}${left}\n>>>\nIt cannot be used. ${problem}\nGive the whole answer again, corrected: the JSON alone, with nothing before or after it.`;
}
