import type { Actor } from "../db/audit.ts";
import type { Principal } from "../keys/principal.ts";
import type { HttpContext } from "./http-env.ts";

/** Who the audit says did what this request does. */
export const actorOf = (context: HttpContext, { key, key_id }: Principal): Actor => ({
  actor: key,
  key_id,
  request_id: context.get("requestId"),
});
