import type { SealedSecret } from "../db/webhook-deliveries.ts";
import { open, seal } from "../lib/sealed.ts";
import { newSigningSecret } from "./signature.ts";

/** What a signing secret belongs to: it opens nowhere else. An endpoint, or null for the workspace's own. */
type Owner = { workspace: string; endpoint_id: string | null };

const placeOf = ({ workspace, endpoint_id }: Owner) => ({
  use: "depute/webhook-secrets",
  of: `${workspace}/${endpoint_id ?? ""}`,
});

/** A new signing secret, and the same as it is kept. */
export async function makeSigningSecret(owner: Owner, secrets: readonly string[]): Promise<{ secret: string; sealed: string }> {
  const secret = newSigningSecret();
  return { secret, sealed: await seal(secret, placeOf(owner), secrets) };
}

/** The secret that signs now; undefined when none of the deployment's secrets opens it. */
export const currentSecret = (owner: Owner, { secret }: SealedSecret, secrets: readonly string[]): Promise<string | undefined> =>
  open(secret, placeOf(owner), secrets);

/** All that sign at `now` (milliseconds): the current one first, the one before it until its overlap ends. Undefined as above. */
export async function signingSecrets(
  owner: Owner,
  kept: SealedSecret,
  secrets: readonly string[],
  now: number,
): Promise<string[] | undefined> {
  const current = await currentSecret(owner, kept, secrets);
  if (current === undefined) return undefined;
  const overlaps = kept.old_secret !== null && (kept.old_secret_until ?? 0) > now;
  const old = overlaps ? await open(kept.old_secret ?? "", placeOf(owner), secrets) : undefined;
  return old === undefined ? [current] : [current, old];
}
