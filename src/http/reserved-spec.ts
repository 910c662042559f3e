import { Reservations } from "../budgets/reservations.ts";
import type { DelegationProtocol, DelegationSpec } from "../delegations/delegation-rpc.ts";
import { reserveFirst } from "../delegations/first-reservation.ts";
import type { Call, Operation } from "./operation.ts";

/**
 * The spec with the money of its first attempt held. Throws AppError `budget_exceeded`, or `invalid_request` for a model without a
 * price, unless the task is known already: then its object says what it came to. Without an `object` the id is new.
 */
export async function reservedSpec(
  spec: DelegationSpec,
  object: DelegationProtocol | undefined,
  { context, config }: Pick<Call<Operation & { scope: "delegate" }>, "context" | "config">,
): Promise<DelegationSpec> {
  const reservation = await reserveFirst(spec, config, new Reservations(context.env.LEDGERS));
  if (reservation.kind === "held") return { ...spec, reserved_until: reservation.until };
  if (reservation.kind === "free") return spec;
  const known = await object?.specification();
  if (known === undefined || known.kind === "unknown") throw reservation.error;
  return spec;
}
