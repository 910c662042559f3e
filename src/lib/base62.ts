const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = 62;
/** The greatest multiple of 62 that a byte holds: bytes from there on would make some digits likelier than others. */
const FAIR = 248;

/** A whole number ≥ 0 in base 62, filled up with zeros to at least `length` digits. */
export function base62(value: number, length: number): string {
  let digits = "";
  for (let rest = value; rest > 0; rest = Math.floor(rest / BASE)) digits = DIGITS.charAt(rest % BASE) + digits;
  return digits.padStart(length, "0");
}

/** `length` random digits of base 62, each as likely as any other: 5.95 bits each. `fill` fills an array with random bytes. */
export function randomBase62(length: number, fill: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  let digits = "";
  const bytes = new Uint8Array(length * 2);
  while (digits.length < length) {
    fill(bytes);
    const fair = bytes.filter((byte) => byte < FAIR).subarray(0, length - digits.length);
    digits += Array.from(fair, (byte) => DIGITS.charAt(byte % BASE)).join("");
  }
  return digits;
}
