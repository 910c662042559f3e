import { z } from "zod";
import { AUDIT_ACTIONS, listAudit } from "../db/audit.ts";
import { createDatabase } from "../db/client.ts";
import type { Api } from "./api.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Operation } from "./operation.ts";
import { CREATED_SPAN } from "./query-parameters.ts";

const AuditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.string().meta({ description: "The name of the key, or `system`." }),
    key_id: z.string().nullable(),
    action: z.string(),
    subject: z.string().meta({ description: "The id or name of what it was done to." }),
    detail: z.record(z.string(), z.unknown()).nullable(),
    request_id: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;

const text = (description: string) => z.string().min(1).max(200).optional().meta({ description });

const list = {
  method: "get",
  path: "/v1/audit",
  id: "listAudit",
  tag: "Team",
  scope: "admin",
  summary: "Who did what in this workspace, newest first",
  description: "Nothing in it is ever changed or deleted, and no secret, prompt or output stands in it.",
  querySchema: z.strictObject({
    action: z.enum(AUDIT_ACTIONS).optional(),
    actor: text("The name of the key."),
    subject: text("The id or name of what it was done to."),
    ...CREATED_SPAN,
    ...PAGE_PARAMETERS,
  }),
  successes: { 200: { description: "One page.", schema: pageSchema(AuditEntry, "AuditList") } },
  errors: [],
} as const satisfies Operation;

export function addAuditRoute(api: Api): void {
  api.add(list, async ({ context, principal: { workspace }, query: { limit, cursor, ...filters } }) => {
    const database = createDatabase(context.env.DB);
    const { rows, next_cursor } = await listPage(
      { limit, cursor },
      { list: "audit", ...filters, workspace },
      (page) => listAudit(database, workspace, filters, page),
      ({ id, at }) => ({ value: at, id }),
    );
    const data = rows.map(({ workspace: _, at, ...entry }) => ({ ...entry, at: new Date(at).toISOString() }));
    return context.json({ data, next_cursor });
  });
}
