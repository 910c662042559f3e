import type { BudgetBody } from "../../budgets/budget.ts";
import type { BudgetRecord } from "../../client/budgets.ts";
import type { Input } from "../../client/camel-case.ts";

const PERCENT = 100;

/** The budget that the form asks for; what is wrong with it is the API's to say. */
export function budgetInput(form: URLSearchParams): Input<BudgetBody> {
  const text = (name: string) => form.get(name)?.trim() ?? "";
  const warnAt = text("warn_at");
  return {
    scope: text("scope") as BudgetRecord["scope"],
    subject: text("subject") || undefined,
    period: text("period") as BudgetRecord["period"],
    // No number at all is sent as it is, so that the refusal names the field.
    limit: (text("limit") === "" || Number.isNaN(Number(text("limit"))) ? text("limit") : Number(text("limit"))) as number,
    warnAt: warnAt === "" ? [] : warnAt.split(/[\s,;]+/).map((share) => shareOfPercent(share)),
    allowUnpriced: form.get("allow_unpriced") === "on",
  };
}

/** `80` and `80%` are 0.8; rounded so that a share reads back as it was written. */
const shareOfPercent = (text: string): number => Math.round((Number(text.replace("%", "")) / PERCENT) * 1e6) / 1e6;

/** Shares as the form shows them. */
export const percentText = (shares: readonly number[]): string =>
  shares.map((share) => String(Math.round(share * PERCENT * 1e4) / 1e4)).join(", ");
