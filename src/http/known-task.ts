import type { DelegationProtocol, StartOutcome } from "../delegations/delegation-rpc.ts";
import { AppError } from "../errors.ts";

/**
 * What a start that is refused now comes to when its task is known already: what was accepted once stays so, whatever has become of its agent,
 * its provider or its budget. Throws `refusal` when it is none, or when the object knows of no task.
 */
export async function knownTask(refusal: unknown, object: DelegationProtocol, hash: string): Promise<StartOutcome> {
  if (!(refusal instanceof AppError)) throw refusal;
  const known = await object.specification();
  if (known.kind === "found" && known.spec.hash !== hash) return { kind: "conflict" };
  const outcome = known.kind === "found" ? await object.read(0) : known;
  if (outcome.kind === "unknown") throw refusal;
  return outcome.kind === "gone" ? outcome : { kind: "same", delegation: outcome.delegation };
}
