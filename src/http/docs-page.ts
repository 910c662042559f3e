import type { Api } from "./api.ts";

/** Everything comes from here: nothing is loaded from, sent to, or asked of anybody else. */
const CONFIGURATION = {
  url: "/openapi.json",
  theme: "default",
  layout: "modern",
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,
  persistAuth: false,
  documentDownloadType: "direct",
  authentication: { preferredSecurityScheme: "key" },
  // The document brings its own calls, which tests have run.
  hiddenClients: true,
  modelsSectionLabel: "Schemas",
  orderSchemaPropertiesBy: "preserve",
};

/** The page's own script and no other; it makes its styles itself, and draws in `data:` images. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>depute API</title>
<link rel="icon" href="/favicon.svg">
</head>
<body>
<noscript>This page needs JavaScript. <a href="/openapi.json">/openapi.json</a> is the same for programs.</noscript>
<script id="api-reference" type="application/json" data-configuration="${escaped(JSON.stringify(CONFIGURATION))}"></script>
<script src="/docs/scalar.js"></script>
</body>
</html>
`;

/** `GET /docs`: the document of the API for people, with requests to try. Its script is an asset (`scripts/api-page.ts`). */
export function addDocsPage({ hono }: Api): void {
  hono.get("/docs", (context) => context.html(PAGE, 200, { "Content-Security-Policy": POLICY, "Cache-Control": "no-cache" }));
}
