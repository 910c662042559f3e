const BITS = 256;
const bytes = (text: string) => new TextEncoder().encode(text);

/** What a secret of the deployment becomes for one use, by HKDF-SHA-256: a key of one use says nothing of another's. */
async function material(secret: string, use: string): Promise<ArrayBuffer> {
  const root = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveBits"]);
  return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes(use) }, root, BITS);
}

/** The key that encrypts for `use`, AES-256-GCM. */
export const sealingKey = async (secret: string, use: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", await material(secret, use), "AES-GCM", false, ["encrypt", "decrypt"]);

/** The key that signs for `use`, HMAC-SHA-256. */
export const signingKey = async (secret: string, use: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", await material(secret, use), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
