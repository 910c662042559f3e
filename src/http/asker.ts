import type { AdmissionContext } from "../delegations/admission/admission.ts";
import type { Principal } from "../keys/principal.ts";

/** Whose the tasks of this request are, and the role of those that name none. */
export const askerOf = (principal: Principal): Pick<AdmissionContext, "workspace" | "createdBy" | "keyId" | "defaultAgent"> => ({
  workspace: principal.workspace,
  createdBy: principal.key,
  keyId: principal.account,
  defaultAgent: principal.default_agent ?? undefined,
});
