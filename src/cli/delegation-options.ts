import { readFileSync } from "node:fs";
import { candidate } from "./candidate.ts";
import type { Options } from "./command.ts";
import type { Given } from "./given.ts";
import { UsageError } from "./usage-error.ts";

/** What a delegation may be given besides its prompt and id. */
export const DELEGATION_OPTIONS = {
  provider: { type: "string", value: "NAME", help: "claude, gemini, codex, copilot or compatible" },
  model: { type: "string", value: "NAME", help: "an alias, an id, or auto" },
  agent: { type: "string", value: "NAME", help: "a saved role: see depute agents" },
  system: { type: "string", value: "TEXT", help: "the system prompt" },
  fallbacks: { type: "string", value: "LIST", help: "auto, or models and providers: a,b,c" },
  "task-type": { type: "string", value: "WORD", help: "code-generation, code-review, debugging …" },
  complexity: { type: "string", value: "WORD", help: "low, medium, high" },
  budget: { type: "string", value: "WORD", help: "cost-optimized, balanced, quality-focused" },
  temperature: { type: "string", value: "N", help: "0 to 2" },
  "max-output-tokens": { type: "string", value: "N", help: "how long the answer may be" },
  "max-thinking-budget": { type: "string", value: "N", help: "tokens for thinking" },
  "max-cost": { type: "string", value: "DOLLARS", help: "what all attempts together may cost" },
  "max-attempts": { type: "string", value: "N", help: "per candidate" },
  timeout: { type: "string", value: "SECONDS", help: "for one attempt" },
  deadline: { type: "string", value: "SECONDS", help: "for all of it" },
  approval: { type: "string", value: "WORD", help: "auto, manual or never" },
  "output-json": { type: "boolean", help: "the answer must be JSON" },
  "output-schema": { type: "string", value: "FILE", help: "the answer must fit this JSON Schema" },
  cache: { type: "string", value: "SECONDS", help: "take an equal answer that is no older" },
  parent: { type: "string", value: "ID", help: "the task that this one is a child of" },
  property: { type: "string", value: "NAME=VALUE", help: "may be given more than once", multiple: true },
} as const satisfies Options;

export type DelegationOption = keyof typeof DELEGATION_OPTIONS;

/** The fields of `POST /v1/delegations` that the flags say; those not given are undefined. Throws UsageError. */
export function delegationFields(given: Given<DelegationOption>): { [field: string]: unknown } {
  const schema = given.text("output-schema");
  const maxAge = given.number("cache");
  return {
    provider: given.text("provider"),
    model: given.text("model"),
    agent: given.text("agent"),
    system: given.text("system"),
    fallbacks: given.text("fallbacks") === "auto" ? "auto" : given.list("fallbacks")?.map(candidate),
    task_type: given.constant("task-type"),
    complexity: given.constant("complexity"),
    budget_mode: given.constant("budget"),
    temperature: given.number("temperature"),
    max_output_tokens: given.number("max-output-tokens"),
    max_thinking_budget: given.number("max-thinking-budget"),
    max_cost: given.number("max-cost"),
    max_attempts: given.number("max-attempts"),
    timeout: given.number("timeout"),
    deadline: given.number("deadline"),
    approval: given.text("approval"),
    output_json: given.flag("output-json") || undefined,
    output_schema: schema === undefined ? undefined : jsonFile(schema),
    cache: maxAge === undefined ? undefined : { max_age: maxAge },
    parent_task_id: given.text("parent"),
    properties: given.pairs("property"),
  };
}

function jsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${String(error)}`);
  }
}
