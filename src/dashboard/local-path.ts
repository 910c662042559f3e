/** Resolves as browsers do; nothing is ever fetched from it. */
const HERE = "http://here.invalid";

/** The path and query of a link that stays on this site; "/" for every other text. */
export function localPath(link: string | undefined | null): string {
  if (link === undefined || link === null || !link.startsWith("/") || !URL.canParse(link, HERE)) return "/";
  const { origin, pathname, search } = new URL(link, HERE);
  return origin === HERE && !pathname.startsWith("//") ? pathname + search : "/";
}
