import { utf8Length } from "../lib/utf8.ts";
import type { Complexity } from "./task-words.ts";

/** Bytes of prompt from which it counts as long, and as very long: about 300 and 2,000 tokens. */
const LONG_BYTES = 1_200;
const VERY_LONG_BYTES = 8_000;
/** List items from which the work has several steps, and many. */
const SOME_STEPS = 3;
const MANY_STEPS = 7;
const STEP = /^[ \t]{0,8}(?:[-*•]|\d{1,3}[.)])[ \t]/gm;
/** Words of work that takes thought, whatever its length; each counts once. */
const HARD_WORDS = [
  /\barchitect(?:ure|ural)?\b/i,
  /\bconcurren(?:t|cy)\b|\brace conditions?\b|\bdeadlocks?\b/i,
  /\bdistributed\b|\bconsensus\b/i,
  /\bmigrat(?:e|es|ion|ions|ing)\b/i,
  /\boptimi[sz](?:e|es|ing|ation|ations)\b|\bperformance\b/i,
  /\bprove\b|\bproof\b|\balgorithms?\b/i,
  /\bsecurity\b|\bvulnerabilit(?:y|ies)\b|\bcryptograph(?:y|ic)\b/i,
  /\btrade-?offs?\b|\bend[- ]to[- ]end\b/i,
];
const MEDIUM_POINTS = 1;
const HIGH_POINTS = 3;

/**
 * How hard the work looks from its prompt alone, in any language as to length and steps and in English as to words. One
 * point each for 1,200 and 8,000 bytes, for 3 and 7 list items, and for up to two hard words; no point is LOW, from
 * three on HIGH. Pure.
 */
export function estimateComplexity(prompt: string): Complexity {
  const bytes = utf8Length(prompt);
  const steps = prompt.match(STEP)?.length ?? 0;
  const hardWords = HARD_WORDS.filter((word) => word.test(prompt)).length;
  const points = reached(bytes, LONG_BYTES, VERY_LONG_BYTES) + reached(steps, SOME_STEPS, MANY_STEPS) + Math.min(2, hardWords);
  if (points >= HIGH_POINTS) return "HIGH";
  return points >= MEDIUM_POINTS ? "MEDIUM" : "LOW";
}

const reached = (value: number, ...limits: readonly number[]): number => limits.filter((limit) => value >= limit).length;
