/** A call of the API as a command to copy: `path` from /v1 on, `body` as JSON. The key comes from the environment. */
export function curlLine(origin: string, path: string, body: unknown): string {
  const json = JSON.stringify(body).replaceAll("'", "'\\''");
  return [
    `curl ${origin}${path} \\`,
    `  -H "Authorization: Bearer $DEPUTE_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${json}'`,
  ].join("\n");
}
