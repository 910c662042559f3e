import type { AuditFilter } from "../../client/reports.ts";

type AuditAction = NonNullable<AuditFilter["action"]>;

/** What each deed on record reads as after the name of who did it, and before what it was done to. */
export const AUDIT_WORDS: { readonly [action in AuditAction]: string } = {
  "workspace.created": "made the workspace",
  "key.created": "made the key",
  "key.rotated": "rotated the key",
  "key.revoked": "revoked the key",
  "agent.saved": "saved the agent",
  "agent.deleted": "deleted the agent",
  "budget.saved": "saved the budget",
  "budget.deleted": "deleted the budget",
  "delegation.approved": "approved",
  "delegation.rejected": "rejected",
  "delegation.deleted": "deleted",
  "webhook.created": "made the webhook",
  "webhook.updated": "changed the webhook",
  "webhook.deleted": "deleted the webhook",
  "webhook.disabled": "disabled the webhook",
  "webhook.enabled": "enabled the webhook",
  "webhook.secret_rotated": "rotated the secret of the webhook",
  "webhook.tested": "sent a test to the webhook",
  "webhook.redelivered": "sent again a delivery of the webhook",
};

/** The deeds that can be asked for. */
export const AUDIT_ACTIONS = Object.keys(AUDIT_WORDS) as AuditAction[];

/** The same as a sentence says it; a deed of a later version is named as it is. */
export const auditWords = (action: string): string =>
  Object.hasOwn(AUDIT_WORDS, action) ? AUDIT_WORDS[action as AuditAction] : action;

/** What is told of a deed besides, as `name: value`, in one line. */
export const detailText = (detail: { readonly [name: string]: unknown } | null): string =>
  Object.entries(detail ?? {})
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
