import type { z } from "zod";
import type { Delegation, DelegationInput, Failure } from "../delegations/delegation.ts";
import type { FlowFailureCode } from "../errors.ts";

/** A part of a prompt: text as it stands, or the whole output of an earlier step. What is put in is never looked at again. */
export type Piece = string | { output_of: string };

/** A step to be started: which of the pattern's roles runs it, and what it is asked. */
export type StepAsk = {
  name: string;
  role: string;
  prompt: readonly Piece[];
  /** Besides those of the flow and the role. */
  properties?: DelegationInput["properties"];
  /** In place of the role's own, which it narrows. */
  output_schema?: NonNullable<DelegationInput["output_schema"]>;
};

/** A step that was started, as its pattern sees it. `data` is the whole parsed answer of a step that is asked by a schema. */
export type StepState = { status: "running" | "completed" | "failed" | "cancelled"; data: unknown; error: Failure | null };
export type StepStates = ReadonlyMap<string, StepState>;

/** Why a flow failed; `step` is the one at fault, null when it is none of them. */
export type FlowFailure = { code: FlowFailureCode; message: string; step: string | null };

/** How a flow ends: with the answer of one of its steps, and `notes` beside that in `output_data`; or without. */
export type Ending =
  | { status: "completed"; step: string; notes?: { [name: string]: number | boolean } }
  | { status: "failed"; error: FlowFailure };

/** What a flow does next. Nothing to start: it waits for what runs. */
export type Advance = { start: readonly StepAsk[] } | { done: Ending };

/** Someone who may be asked in the course of a flow. `path` is where the body names them. */
export type Role = {
  name: string;
  path: string;
  /** What a delegation of theirs is, with the prompt as far as it is known at acceptance. */
  body: DelegationInput;
  /** True when the schema of the answer is the pattern's own. */
  answersBySchema: boolean;
};

/** What a step answered, as a delegation shows it. */
export type Answer = Pick<Delegation, "output" | "output_data">;

/** One multi-step pattern. All of it is pure. */
export type Pattern<Input> = {
  /** The body of `POST /v1/flows`. */
  input: z.ZodType<Input>;
  /** Everybody who may be asked: all of them are admitted before anything starts. */
  roles(input: Input): Role[];
  /** What follows from the steps so far. The same steps give the same again; a step that is in `steps` is never asked for. */
  advance(input: Input, steps: StepStates): Advance;
  /** By step, what the flow's answer calls it, where that is not by the step's name. */
  called?(input: Input): { readonly [step: string]: string };
  /** What the flow answers when that step's answer is its own; absent: the same. */
  answerOf?(answer: Answer, notes: { readonly [name: string]: number | boolean }): Answer;
};

export const WAIT: Advance = { start: [] };

/** The failure of a flow that cannot do without a step. */
export function stepFailed(name: string, { status, error }: StepState): Advance {
  const why = error === null ? "" : `: ${error.code}: ${error.message}`;
  const how = status === "cancelled" ? "was cancelled" : "failed";
  return failed("step_failed", `The step ${name} ${how}${why}`, name);
}

export function failed(code: FlowFailureCode, message: string, step: string | null = null): Advance {
  return { done: { status: "failed", error: { code, message, step } } };
}

/**
 * Goes through steps that need one another: `ask` is started when it was not, a failed one fails the flow, and `then` says
 * what follows its end.
 */
export function after(steps: StepStates, ask: StepAsk, then: (step: StepState) => Advance): Advance {
  const step = steps.get(ask.name);
  if (step === undefined) return { start: [ask] };
  if (step.status === "running") return WAIT;
  return step.status === "completed" ? then(step) : stepFailed(ask.name, step);
}
