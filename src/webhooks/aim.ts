import type { Config } from "../config.ts";
import type { Database } from "../db/client.ts";
import type { Claims, DeliveryRow } from "../db/webhook-deliveries.ts";
import { ensureWorkspaceSecret } from "../db/webhook-endpoints.ts";
import { makeSigningSecret, signingSecrets } from "./signing-secrets.ts";
import { targetProblem } from "./target-guard.ts";

/** Where a delivery goes and what signs it; or why it goes nowhere, now or (`isFinal`) ever. */
export type Aim = { url: string; secrets: string[] } | { url: string; problem: string; isFinal: boolean };

type AimDeps = { db: Database; config: Config; now: () => number };

/** What shares the limit of attempts at once: an endpoint, or an address. */
export const targetOf = ({ workspace, endpoint_id, url }: DeliveryRow): string => `${workspace}/${endpoint_id ?? url}`;

/** The address is looked at anew: the rules may have changed since it was registered, and an endpoint's may have moved. */
export async function aimOf(delivery: DeliveryRow, { endpoints, secrets }: Claims, { db, config, now }: AimDeps): Promise<Aim> {
  const { workspace, endpoint_id } = delivery;
  const endpoint = endpoints.find((one) => one.workspace === workspace && one.endpoint_id === endpoint_id);
  const url = endpoint?.url ?? delivery.url;
  if (endpoint_id !== null && endpoint === undefined) return { url, problem: "the endpoint was deleted", isFinal: true };
  if (endpoint !== undefined && endpoint.disabled_at !== null) return { url, problem: "the endpoint is disabled", isFinal: true };
  const problem = targetProblem(url, { insecure: config.allowInsecureWebhooks });
  if (problem !== undefined) return { url, problem: `not sent: the address ${problem}`, isFinal: false };
  if (config.secrets.length === 0) return { url, problem: "not sent: DEPUTE_SECRET is not set", isFinal: false };
  const kept = endpoint ?? secrets.find((one) => one.workspace === workspace) ?? (await made());
  const signing = await signingSecrets({ workspace, endpoint_id }, kept, config.secrets, now());
  if (signing === undefined) return { url, problem: "not sent: no DEPUTE_SECRET opens its signing secret", isFinal: false };
  return { url, secrets: signing };

  async function made() {
    const { sealed } = await makeSigningSecret({ workspace, endpoint_id: null }, config.secrets);
    return ensureWorkspaceSecret(db, workspace, sealed);
  }
}
