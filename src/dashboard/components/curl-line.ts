/** A call of the API as a command to copy: `path` from /v1 on, with a `body` as JSON if there is one. The key comes from the environment. */
export function curlLine(origin: string, path: string, body?: unknown): string {
  const key = `-H "Authorization: Bearer $DEPUTE_KEY"`;
  if (body === undefined) return `curl ${origin}${path} ${key}`;
  const json = JSON.stringify(body).replaceAll("'", "'\\''");
  return [`curl ${origin}${path}`, key, `-H 'Content-Type: application/json'`, `-d '${json}'`].join(" \\\n  ");
}
