import type { LedgerBinding } from "../budgets/budgeted-workspaces.ts";
import { Reservations } from "../budgets/reservations.ts";
import { reserveFirst } from "../delegations/books/first-reservation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import type { Call, Operation } from "./operation.ts";

/**
 * Has at hand, for a moment, whether a workspace has budgets: asked for beside what else is waited for, it costs the first request
 * after a pause no time of its own. Never rejects: who needs the answer asks again.
 */
export async function budgetsAtHand(ledgers: LedgerBinding, workspace: string): Promise<void> {
  await Promise.resolve(new Reservations(ledgers).areNeeded(workspace)).catch(() => undefined);
}

/**
 * The spec with the money of its first attempt held. Throws AppError `budget_exceeded`, or `invalid_request` for a model without a
 * price.
 */
export async function reservedSpec(
  spec: DelegationSpec,
  { context, config }: Pick<Call<Operation & { scope: "delegate" }>, "context" | "config">,
): Promise<DelegationSpec> {
  const reservation = await reserveFirst(spec, config, new Reservations(context.env.LEDGERS));
  if (reservation.kind === "held") return { ...spec, reserved_until: reservation.until };
  if (reservation.kind === "free") return spec;
  throw reservation.error;
}
