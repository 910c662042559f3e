import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** The prompt that a word stands for: `-` is the standard input. Throws UsageError when there is none. */
export async function promptOf(word: string, { input }: Terminal): Promise<string> {
  const prompt = word === "-" ? await input() : word;
  if (prompt.trim() === "") throw new UsageError("The prompt is empty.");
  return prompt;
}
