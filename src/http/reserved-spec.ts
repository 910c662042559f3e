import { Reservations } from "../budgets/reservations.ts";
import { reserveFirst } from "../delegations/books/first-reservation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import type { Call, Operation } from "./operation.ts";

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
