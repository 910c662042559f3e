import { base62, randomBase62 } from "../lib/base62.ts";
import { crc32 } from "../lib/crc32.ts";

/*
 * A key is `dpt_`, 32 random digits of base 62 (190 bits), and the CRC-32 of those digits as 6 more: the format of GitHub's
 * tokens. The prefix lets a scanner find a key that leaked, the checksum lets it, and us, tell one that was mistyped or cut
 * from a real one without asking anybody.
 */
const PREFIX = "dpt_";
const RANDOM_DIGITS = 32;
const CHECK_DIGITS = 6;
const HINT_DIGITS = 4;
const SHAPE = new RegExp(`^${PREFIX}([0-9A-Za-z]{${RANDOM_DIGITS}})([0-9A-Za-z]{${CHECK_DIGITS}})$`);

/** A new key. `fill` fills an array with random bytes. */
export function newKey(fill: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes)): string {
  const random = randomBase62(RANDOM_DIGITS, fill);
  return `${PREFIX}${random}${checksum(random)}`;
}

/** Whether a text means to be a key of this format. */
export const looksLikeKey = (text: string): boolean => text.startsWith(PREFIX);

/** Whether a text is a key without a typing error; it may still be nobody's. */
export function isWellFormed(text: string): boolean {
  const [, random, check] = SHAPE.exec(text) ?? [];
  return random !== undefined && check === checksum(random);
}

/** The end of a key, for people to tell keys apart: it is part of the checksum, and helps nobody to guess the rest. */
export const hintOf = (key: string): string => `…${key.slice(-HINT_DIGITS)}`;

const checksum = (random: string): string => base62(crc32(new TextEncoder().encode(random)), CHECK_DIGITS);
