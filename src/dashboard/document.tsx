import { html } from "hono/html";
import type { Child } from "hono/jsx";

/** A whole HTML document. `refresh`: the local path that it goes on to by itself. */
export const document = (title: string, body: Child, refresh?: string) =>
  html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {refresh !== undefined && <meta http-equiv="refresh" content={`0; url=${refresh}`} />}
        <title>{`${title} · depute`}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/app.css" />
        <script type="module" src="/app.js" />
      </head>
      <body>{body}</body>
    </html>
  )}`;
