import { fromBase64, toBase64 } from "../lib/base64.ts";

const USE = "depute/webhook-secrets";
const IV_BYTES = 12;
const VERSION = "v1";

/**
 * Encrypts a text for one place (`of` says which: it opens nowhere else) with AES-256-GCM under a key made by HKDF from the first of the
 * deployment's secrets.
 */
export async function seal(plain: string, of: string, [secret]: readonly string[]): Promise<string> {
  if (secret === undefined) throw new Error("DEPUTE_SECRET is not set");
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, of), await keyOf(secret), bytes(plain));
  return [VERSION, toBase64(iv), toBase64(new Uint8Array(sealed))].join(".");
}

/** The text that was sealed with any of the secrets; undefined when none of them opens it. */
export async function open(sealed: string, of: string, secrets: readonly string[]): Promise<string | undefined> {
  const [version, iv, data, ...more] = sealed.split(".");
  if (version !== VERSION || iv === undefined || data === undefined || more.length > 0) return undefined;
  for (const secret of secrets) {
    try {
      const plain = await crypto.subtle.decrypt(algorithm(fromBase64(iv), of), await keyOf(secret), fromBase64(data));
      return new TextDecoder().decode(plain);
    } catch {
      // Another secret's, or not whole.
    }
  }
  return undefined;
}

const algorithm = (iv: BufferSource, of: string) => ({ name: "AES-GCM", iv, additionalData: bytes(of) });
const bytes = (text: string) => new TextEncoder().encode(text);

async function keyOf(secret: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes(USE) };
  return crypto.subtle.deriveKey(derivation, root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
