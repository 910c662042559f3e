import { createHmac, timingSafeEqual } from "node:crypto";

type Received = { headers: { [name: string]: string | string[] | undefined }; body: string };

const TOLERANCE_SECONDS = 300;

/**
 * The secrets of `secrets` that a request is signed with, by the text of Standard Webhooks 1.0 and not by the library that signs. Throws
 * when the headers are not what that asks for.
 */
export function signersOf({ headers, body }: Received, secrets: readonly string[]): string[] {
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    String(headers[name] ?? ""),
  );
  if (!id || id.includes(".") || !/^\d+$/.test(timestamp ?? "") || !signature)
    throw new Error("The headers are not of the standard");
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) throw new Error("The timestamp is too far away");
  const given = signature.split(" ").map((one) => {
    const [version, value = ""] = one.split(",");
    if (version !== "v1") throw new Error(`A signature of version ${version}`);
    return Buffer.from(value, "base64");
  });
  return secrets.filter((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
}
