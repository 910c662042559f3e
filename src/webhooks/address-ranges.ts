/** A block of addresses: those whose first `bits` bits are those of `base`. */
type Block = { base: readonly number[]; bits: number };

function block(text: string): Block {
  const [address = "", bits] = text.split("/");
  return { base: bytesOf(address) ?? [], bits: Number(bits) };
}

/**
 * IPv4 that is not on the public internet, or is no single machine there: the special-purpose registry of IANA (RFC 6890),
 * multicast, and the one public address that is a cloud's own (168.63.129.16 of Azure).
 */
const NOT_PUBLIC_4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
].map(block);

/** Of IPv6 only this is given to machines; all that maps, translates or tunnels to IPv4 lies outside of it or in the list below. */
const GLOBAL_6 = block("2000::/3");
/** Protocol assignments with Teredo (2001::/32), documentation, 6to4. */
const NOT_PUBLIC_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map(block);

const LOOPBACK = ["127.0.0.0/8", "::1/128"].map(block);

/** An address as URLs write it, without brackets, in bytes: 4 or 16. Undefined when the text is a name. */
export function bytesOf(text: string): readonly number[] | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return text.split(".").map(Number);
  return text.includes(":") ? bytesOf6(text) : undefined;
}

/** Whether an address is that of one machine on the public internet. */
export function isPublic(address: readonly number[]): boolean {
  if (address.length === 4) return !NOT_PUBLIC_4.some((part) => isWithin(address, part));
  return isWithin(address, GLOBAL_6) && !NOT_PUBLIC_6.some((part) => isWithin(address, part));
}

export const isLoopback = (address: readonly number[]): boolean => LOOPBACK.some((part) => isWithin(address, part));

function bytesOf6(text: string): readonly number[] {
  const [head = "", tail] = text.split("::");
  const [first, last] = [groupsOf(head), groupsOf(tail ?? "")];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  return [...first, ...Array<number>(missing).fill(0), ...last].flatMap((group) => [group >> 8, group & 0xff]);
}

function groupsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

function isWithin(address: readonly number[], { base, bits }: Block): boolean {
  if (address.length !== base.length) return false;
  return address.every((byte, index) => {
    const shift = Math.min(8, Math.max(0, 8 - (bits - index * 8)));
    return byte >> shift === (base[index] ?? 0) >> shift;
  });
}
