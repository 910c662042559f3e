import { AppError } from "../errors.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * Refuses what a page of somebody else may have sent, also one that has had its own name lead to this machine (DNS rebinding).
 * Only https says by itself whose a name is; over plain http a name is believed when it is the loopback's, an address, or that
 * of one of `allowed`, the origins of CORS_ORIGINS. `origin` is null when there is none: no page sent it. Throws AppError
 * `forbidden`.
 */
export function checkOrigin(url: string, origin: string | null, allowed: readonly string[]): void {
  const own = new URL(url);
  const isSecure = own.protocol === "https:";
  const hosts = new Set(allowed.map((each) => new URL(each).host));
  if (!isSecure && !LOOPBACK.test(own.hostname) && !ADDRESS.test(own.hostname) && !hosts.has(own.host)) {
    throw new AppError(
      "forbidden",
      `Over plain http this server is not called ${own.host}. Use https, or add its origin to CORS_ORIGINS.`,
    );
  }
  if (origin === null || origin === own.origin || allowed.includes(origin)) return;
  if (!isSecure && LOOPBACK.test(own.hostname) && isOwnLoopback(origin, own.port)) return;
  throw new AppError("forbidden", `Pages of the origin ${origin.slice(0, 200)} may not call this: it is not in CORS_ORIGINS.`);
}

/** The loopback has three names. */
function isOwnLoopback(origin: string, port: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port: given } = new URL(origin);
  return protocol === "http:" && LOOPBACK.test(hostname) && given === port;
}
