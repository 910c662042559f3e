import { z } from "zod";
import { SCOPES } from "../keys/scopes.ts";
import type { Api } from "./api.ts";
import type { Operation } from "./operation.ts";

const Caller = z
  .object({
    workspace: z.string(),
    key_id: z.string().meta({ description: "`owner` for DEPUTE_ADMIN_KEY, which is no key of the workspace." }),
    key: z.string().meta({ description: "The name that goes on record." }),
    scopes: z.array(z.enum(SCOPES)),
    default_agent: z.string().nullable(),
    is_owner: z.boolean().meta({ description: "True for DEPUTE_ADMIN_KEY: the only one that makes workspaces." }),
  })
  .meta({ id: "Caller" });
export type Caller = z.infer<typeof Caller>;

const whoami = {
  method: "get",
  path: "/v1/whoami",
  id: "whoAmI",
  tag: "Team",
  scope: "any",
  summary: "Whose key this is, and what it may do",
  successes: {
    200: {
      description: "The caller.",
      schema: Caller,
      example: {
        workspace: "default",
        key_id: "key_01JD8R3V0Q1M9ZJ6X1W3T4K5N6",
        key: "ci",
        scopes: ["delegate", "read"],
        default_agent: null,
        is_owner: false,
      },
    },
  },
  errors: [],
} as const satisfies Operation;

/** What a key is told of itself. */
export function addWhoamiRoute(api: Api): void {
  api.add(whoami, ({ context, principal }) => {
    const { workspace, key_id, key, default_agent, is_owner } = principal;
    const scopes = SCOPES.filter((scope) => principal.scopes.has(scope));
    return context.json({ workspace, key_id, key, scopes, default_agent, is_owner } satisfies Caller);
  });
}
