import { Webhook } from "standardwebhooks";
import { toBase64 } from "../lib/base64.ts";

const SECRET_BYTES = 32;
const PREFIX = "whsec_";

/** A new signing secret: 32 random bytes. */
export function newSigningSecret(): string {
  return `${PREFIX}${toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))}`;
}

/** What is signed: `at` in milliseconds since the epoch. */
export type Signed = { id: string; at: number; payload: string };

/** The three headers of Standard Webhooks 1.0, with one signature for each secret. */
export function signatureHeaders({ id, at, payload }: Signed, secrets: readonly string[]) {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), payload));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}
