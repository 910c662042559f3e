import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import { targetProblem } from "./target-guard.ts";

/** Throws AppError `invalid_request` naming the field when nothing may be sent to the address. */
export function checkTarget(url: string, field: string, { allowInsecureWebhooks }: Config): void {
  const problem = targetProblem(url, { insecure: allowInsecureWebhooks });
  if (problem !== undefined) throw new AppError("invalid_request", `${field}: ${problem}`, [{ path: field, message: problem }]);
}

/** Throws AppError `unavailable` when the deployment has no secret to keep others with. */
export function requireSecret({ secrets }: Config): void {
  if (secrets.length > 0) return;
  throw new AppError(
    "unavailable",
    "Webhooks need the setting DEPUTE_SECRET (32 random characters or more), which this deployment lacks.",
  );
}

/** What a `webhook_url` in a body is refused for, if there is one. Throws what the two above throw. */
export function checkWebhookUrl(url: string | undefined, config: Config): void {
  if (url === undefined) return;
  checkTarget(url, "webhook_url", config);
  requireSecret(config);
}
