import { fromBase64, toBase64 } from "./base64.ts";
import { sealingKey } from "./derived-key.ts";

const IV_BYTES = 12;
const VERSION = "v1";

/** What is sealed opens nowhere else: `use` is what it is for, with a key of its own; `of` is whose it is. */
export type Place = { use: string; of: string };

/** Encrypts a text for one place with AES-256-GCM under a key made by HKDF from the first of the deployment's secrets. */
export async function seal(plain: string, { use, of }: Place, [secret]: readonly string[]): Promise<string> {
  if (secret === undefined) throw new Error("DEPUTE_SECRET is not set");
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, of), await sealingKey(secret, use), bytes(plain));
  return [VERSION, toBase64(iv), toBase64(new Uint8Array(sealed))].join(".");
}

/** The text that was sealed for this place with any of the secrets; undefined when none of them opens it. */
export async function open(sealed: string, { use, of }: Place, secrets: readonly string[]): Promise<string | undefined> {
  const [version, iv, data, ...more] = sealed.split(".");
  if (version !== VERSION || iv === undefined || data === undefined || more.length > 0) return undefined;
  for (const secret of secrets) {
    try {
      const key = await sealingKey(secret, use);
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm(fromBase64(iv), of), key, fromBase64(data)));
    } catch {
      // Another secret's, or not whole.
    }
  }
  return undefined;
}

const algorithm = (iv: BufferSource, of: string) => ({ name: "AES-GCM", iv, additionalData: bytes(of) });
const bytes = (text: string) => new TextEncoder().encode(text);
