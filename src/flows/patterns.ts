import { z } from "zod";
import { chain } from "./chain.ts";
import { consensus } from "./consensus.ts";
import { decompose } from "./decompose.ts";
import { improve } from "./improve.ts";
import type { Advance, Answer, Pattern, Role, StepStates } from "./pattern.ts";

/** Every pattern by the name that a body gives it. */
const PATTERNS = { chain, consensus, improve, decompose };
export type PatternName = keyof typeof PATTERNS;
export const PATTERN_NAMES = Object.keys(PATTERNS) as [PatternName, ...PatternName[]];

/** The body of `POST /v1/flows`. */
export const FlowInput = z.discriminatedUnion("pattern", [chain.input, consensus.input, improve.input, decompose.input]).meta({
  id: "FlowInput",
  description: "Several delegations that follow from one another.",
});
export type FlowInput = z.infer<typeof FlowInput>;
/** The same as callers write it, without what has a default. */
export type FlowBody = z.input<typeof FlowInput>;

/** The pattern of an input, which takes no other. */
const patternOf = ({ pattern }: { pattern: PatternName }) => PATTERNS[pattern] as Pattern<FlowInput>;

export const rolesOf = (input: FlowInput): Role[] => patternOf(input).roles(input);
export const advanceOf = (input: FlowInput, steps: StepStates): Advance => patternOf(input).advance(input, steps);

/** By step, what the flow's answer calls it; undefined when it calls none by another name. */
export const calledOf = (input: FlowInput): { readonly [step: string]: string } | undefined => patternOf(input).called?.(input);

/** What a flow of this pattern answers when a step's answer is its own. */
export function answerOf(
  pattern: PatternName,
  answer: Answer,
  notes: { readonly [name: string]: number | boolean } = {},
): Answer {
  return patternOf({ pattern }).answerOf?.(answer, notes) ?? answer;
}
