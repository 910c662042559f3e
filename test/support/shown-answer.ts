/**
 * What a page shows of an answer that the answer is not; none when it is as shown. A page shows some members of many, of a list
 * its first entries, `…` for a text or the rest of one, and of a number only that it is one, but for 0.
 */
export function unlike(shown: unknown, answered: unknown, at = ""): string[] {
  if (Array.isArray(shown)) {
    if (!Array.isArray(answered)) return [`${at} is no list`];
    if (shown.length === 0 && answered.length > 0) return [`${at} is not empty`];
    return shown.flatMap((entry, index) => unlike(entry, answered[index], `${at}[${index}]`));
  }
  if (typeof shown === "object" && shown !== null) {
    if (typeof answered !== "object" || answered === null) return [`${at} is no object`];
    const members = answered as { [name: string]: unknown };
    return Object.entries(shown).flatMap(([name, member]) => unlike(member, members[name], `${at}.${name}`));
  }
  return isLike(shown, answered) ? [] : [`${at} is ${JSON.stringify(answered)}, not ${JSON.stringify(shown)}`];
}

function isLike(shown: unknown, answered: unknown): boolean {
  if (typeof shown === "string" && shown.endsWith("…")) {
    return typeof answered === "string" && answered.startsWith(shown.slice(0, -1));
  }
  if (typeof shown === "number" && shown !== 0) return typeof answered === "number" && answered !== 0;
  return shown === answered;
}
