import { z } from "zod";
import type { DelegationFilters } from "../db/delegation-filters.ts";
import { WORD } from "../db/history-index.ts";
import { Delegation, STATUSES, TaskId } from "../delegations/delegation.ts";
import { nanosOf } from "../lib/nanos.ts";
import { TASK_TYPES } from "../models/task-words.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import { amountParameter, CREATED_SPAN, listParameter } from "./query-parameters.ts";

const PROPERTY = "property.";
const MAX_PROPERTIES = 10;
const MAX_WORDS = 10;

const name = (description: string) => z.string().min(1).max(200).optional().meta({ description });

/** What the history can be narrowed to, wherever it is read; goes with `withProperties`. */
export const HISTORY_FILTERS = {
  status: listParameter(STATUSES, "The status.").optional(),
  agent: name("The saved role."),
  provider: z.enum(PROVIDER_IDS).optional(),
  model: name("The vendor's model id, or the name it was asked for by."),
  task_type: z.enum(TASK_TYPES).optional(),
  batch_id: name("Those of one batch."),
  flow_id: name("Those of one flow."),
  parent_task_id: TaskId.optional().meta({ description: "The retries and children of one delegation." }),
  source: Delegation.shape.source.optional(),
  ...CREATED_SPAN,
  min_cost: amountParameter("Cost at least so many US dollars.").optional(),
  property: z
    .record(z.string().min(1), z.string())
    .refine((named) => Object.keys(named).length <= MAX_PROPERTIES, `must be at most ${MAX_PROPERTIES} filters`)
    .optional()
    .meta({
      description: `Sent as \`property.<name>=<value>\`: has a property with this string, number or boolean. At most ${MAX_PROPERTIES} of them.`,
    }),
};

/** The words of a search. */
export const WORDS = z
  .string()
  .max(200)
  .transform((text) => text.split(/\s+/).filter((word) => WORD.test(word)))
  .refine((words) => words.length > 0, "must have a letter or a digit")
  .refine((words) => words.length <= MAX_WORDS, `must be at most ${MAX_WORDS} words`)
  .optional()
  .meta({
    description: `Words that are all in the first 2,000 characters of prompt and output, whole, in any case and with or without accents. At most ${MAX_WORDS}; nothing in them is syntax.`,
  });

type Named = {
  [name in Exclude<keyof typeof HISTORY_FILTERS, "min_cost" | "property">]?: DelegationFilters[name & keyof DelegationFilters];
};

/** The filters as the database takes them. */
export function filtersOf({
  min_cost,
  property,
  q,
  ...plain
}: Named & {
  min_cost?: number | undefined;
  property?: { [name: string]: string } | undefined;
  q?: readonly string[] | undefined;
}): DelegationFilters {
  return { ...plain, properties: property, min_cost_nanos: nanosOf(min_cost ?? null) ?? undefined, words: q };
}

/** Gathers `property.<name>` parameters in one field. No delegation has a property named `__proto__`: it is left out, and unknown. */
export function withProperties(query: unknown): unknown {
  const names = (key: string) => key.startsWith(PROPERTY) && key !== `${PROPERTY}__proto__`;
  const [properties, others] = [true, false].map((wanted) =>
    Object.entries(query ?? {}).filter(([key]) => names(key) === wanted),
  );
  if (properties === undefined || properties.length === 0) return query;
  const named = properties.map(([key, value]) => [key.slice(PROPERTY.length), value]);
  return { ...Object.fromEntries(others ?? []), property: Object.fromEntries(named) };
}
