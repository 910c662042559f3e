import { toBase64 } from "../lib/base64.ts";
import { constantTimeEqual } from "../lib/constant-time-equal.ts";
import { signingKey } from "../lib/derived-key.ts";

const USE = "depute/dashboard-forms";

/** The form field that carries the token. */
export const TOKEN_FIELD = "form_token";

/** What the forms of a session carry: nobody makes one without the deployment's secret, and it fits no other session. */
export async function formToken(session: string, [secret]: readonly string[]): Promise<string> {
  if (secret === undefined) throw new Error("DEPUTE_SECRET is not set");
  const signature = await crypto.subtle.sign("HMAC", await signingKey(secret, USE), new TextEncoder().encode(session));
  return toBase64(new Uint8Array(signature));
}

/** Whether the token was made for this session with any of the secrets. */
export async function isFormToken(token: string, session: string, secrets: readonly string[]): Promise<boolean> {
  for (const secret of secrets) {
    if (constantTimeEqual(token, await formToken(session, [secret]))) return true;
  }
  return false;
}
