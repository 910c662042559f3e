import { bytesOf, isLoopback, isPublic } from "./address-ranges.ts";

export const MAX_URL_CHARACTERS = 2_000;

/** Besides the ports that `https:` has by itself. */
const PORTS: ReadonlySet<string> = new Set(["", "8443"]);

/** Names that lead into somebody's own network, or nowhere: whole, or as the end of a longer one. */
const LOCAL_NAMES = [
  "local",
  "localdomain",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "svc",
  "arpa",
  "test",
  "example",
  "invalid",
  "onion",
  "alt",
  "metadata.goog",
];
/** Public names that answer with the loopback or with any address one writes in front: the best known, there are others. */
const ANY_ADDRESS_NAMES = ["nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me", "vcap.me", "lacolhost.com"];

/**
 * Why nothing may be sent to this address; undefined when it may. Only public https is a target: no user name, no port but 443
 * and 8443, no address of a private, local or special network however it is written, and no local name. `insecure` allows http,
 * the loopback and any port, for trying things out. What a name resolves to is not known here.
 */
export function targetProblem(text: string, { insecure }: { insecure: boolean }): string | undefined {
  if (text.length > MAX_URL_CHARACTERS) return `must have at most ${MAX_URL_CHARACTERS.toLocaleString("en-US")} characters`;
  const [, authority] = /^https?:\/\/([^/?#]+)/i.exec(text) ?? [];
  if (authority === undefined || /[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text))
    return "must be an address like https://example.com/hook";
  if (authority.includes("@")) return "must not have a user name or password";
  if (text.includes("#")) return "must not have a fragment (#…)";
  const { protocol, hostname, port } = new URL(text);
  if (protocol !== "https:" && !insecure) return "must begin with https://";
  if (!PORTS.has(port) && !insecure) return "must have no port but 443 or 8443";
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d*)?$/i.test(authority))
    return "must have a host in plain ASCII (xn--… for other letters)";
  return hostProblem(hostname, insecure);
}

function hostProblem(hostname: string, insecure: boolean): string | undefined {
  const address = bytesOf(hostname.replace(/^\[(.*)\]$/, "$1"));
  if (address !== undefined) {
    if (isPublic(address) || (insecure && isLoopback(address))) return undefined;
    return "must not be an address of a private, local or special network";
  }
  if (hostname.endsWith(".")) return "must have a host without a dot at its end";
  if (isUnder(hostname, "localhost")) return insecure ? undefined : "must not be a local name";
  if (!hostname.includes(".") || LOCAL_NAMES.some((name) => isUnder(hostname, name))) return "must not be a local name";
  if (ANY_ADDRESS_NAMES.some((name) => isUnder(hostname, name))) return "must not be a name that stands for any address";
  return undefined;
}

const isUnder = (hostname: string, name: string): boolean => hostname === name || hostname.endsWith(`.${name}`);
