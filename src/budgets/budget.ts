import { z } from "zod";
import { BUDGET_PERIODS } from "./budget-period.ts";

/** More would be no budget; and sums of nano-dollars stay exact. */
const MOST_DOLLARS = 1_000_000;
export const BUDGET_SCOPES = ["workspace", "key", "agent"] as const;

/** A ceiling in US dollars: at most a million. */
export const DollarLimit = z.number().max(MOST_DOLLARS);

export const BudgetName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1–63 of a–z 0–9 - and begin with a letter or digit")
  .meta({ description: "The name of the budget.", example: "team-month" });

/** The body of `PUT /v1/budgets/{name}`. */
export const BudgetInput = z
  .strictObject({
    scope: z
      .enum(BUDGET_SCOPES)
      .meta({ description: "Whose spending counts: of the whole workspace, of one key, or of one role." }),
    subject: z.string().min(1).max(200).optional().meta({
      description:
        "The id of the key, or the name of the role; none with the scope workspace. A key keeps its budget when it is rotated: it stands under the id of the first of them, whichever is named.",
    }),
    period: z.enum(BUDGET_PERIODS).meta({ description: "Days and months are those of UTC." }),
    limit: DollarLimit.min(0).meta({ description: "US dollars. 0 stops all that costs something." }),
    warn_at: z
      .array(z.number().gt(0).max(1))
      .max(10)
      .default([0.8, 0.95])
      .meta({ description: "Shares of the limit; when so much is spent it is noted, once per period." }),
    allow_unpriced: z
      .boolean()
      .default(false)
      .meta({ description: "Let models run whose price is not known, although nobody can say what they cost." }),
  })
  .superRefine(({ scope, subject }, context) => {
    const needed = scope !== "workspace";
    if (needed === (subject !== undefined)) return;
    const message = needed ? `is needed with the scope ${scope}` : "must be absent with the scope workspace";
    context.addIssue({ code: "custom", path: ["subject"], message });
  })
  .meta({ id: "BudgetInput" });
export type BudgetInput = z.output<typeof BudgetInput>;
/** The same as callers write it, without what has a default. */
export type BudgetBody = z.input<typeof BudgetInput>;

const Time = z.iso.datetime();
const Dollars = z.number().meta({ description: "US dollars." });
const Nanos = z.int().meta({ description: "Nano-dollars, exact." });

export const Budget = z
  .object({
    name: z.string(),
    scope: z.enum(BUDGET_SCOPES),
    subject: z.string().nullable(),
    period: z.enum(BUDGET_PERIODS),
    period_start: Time.nullable().meta({ description: "When the current period began; null with total." }),
    limit: Dollars,
    limit_nanos: Nanos,
    spent: Dollars,
    spent_nanos: Nanos,
    reserved: Dollars.meta({ description: "Held for attempts that have not ended: the most they can cost." }),
    reserved_nanos: Nanos,
    remaining: Dollars.meta({ description: "What a new attempt may cost at most." }),
    remaining_nanos: Nanos,
    warn_at: z.array(z.number()),
    warnings: z
      .array(z.object({ at_share: z.number(), at: Time }))
      .meta({ description: "The shares of warn_at that were reached in this period." }),
    exceeded_at: Time.nullable().meta({ description: "When the budget first refused something, or was spent, in this period." }),
    allow_unpriced: z.boolean(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: "Budget" });
export type Budget = z.infer<typeof Budget>;
