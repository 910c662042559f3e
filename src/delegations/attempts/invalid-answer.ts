import { misfit } from "../../lib/fits-schema.ts";
import type { ProviderRequest } from "../../providers/provider.ts";
import type { InvalidAnswer } from "../delegation-state.ts";
import { parsedAnswer } from "../delegation-view.ts";

/** How much of an answer is kept and shown for its repair, in UTF-16 units: more than 8,192 tokens of JSON are. */
const MOST_CHARACTERS = 50_000;

/** What is wrong with a complete answer to a request for `output`; undefined when nothing is. */
export function invalidAnswer(answer: string, output: ProviderRequest["output"]): InvalidAnswer | undefined {
  const problem = problemOf(answer, output);
  if (problem === undefined) return undefined;
  return { answer: answer.slice(0, MOST_CHARACTERS), isCut: answer.length > MOST_CHARACTERS, problem };
}

function problemOf(answer: string, output: ProviderRequest["output"]): string | undefined {
  if (output.format === "text") return undefined;
  const value = parsedAnswer(answer);
  if (value === undefined) return "JSON was asked for, and the answer is not valid JSON.";
  const wrong = output.format === "schema" ? misfit(value, output.schema) : undefined;
  return wrong === undefined ? undefined : `The answer does not fit output_schema: ${wrong}`;
}
