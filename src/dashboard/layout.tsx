import type { Child } from "hono/jsx";
import type { DeputeError } from "../client/depute-error.ts";
import { Form } from "./form.tsx";
import type { Visit } from "./visit.ts";

export type NavEntry = { path: string; nav: string };
type LayoutProps = { visit: Visit; nav: readonly NavEntry[]; title: string; children?: Child };

/** What is around every page of somebody who is signed in. */
export function Layout({ visit, nav, title, children }: LayoutProps) {
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="side">
        <a class="brand" href="/">
          depute
        </a>
        <nav aria-label="Pages">
          {nav.map((entry) => (
            <a href={entry.path} aria-current={isAt(visit.url.pathname, entry.path) ? "page" : undefined}>
              {entry.nav}
            </a>
          ))}
        </nav>
        <div class="session">
          <span title="Workspace and key">
            {visit.caller.workspace} / {visit.caller.key}
          </span>
          <Form visit={visit} action="/sign-out">
            <button type="submit">Sign out</button>
          </Form>
        </div>
      </header>
      <main id="main" tabindex={-1} data-page={visit.url.pathname + visit.url.search}>
        {visit.simulated && <Simulated />}
        <h1>{title}</h1>
        {visit.refused !== undefined && <Problem error={visit.refused.error} />}
        {children}
      </main>
    </div>
  );
}

/** What nobody may overlook. */
export function Simulated() {
  return (
    <p class="banner" role="note">
      The vendors are simulated: no answer here is real, and nothing is paid.
    </p>
  );
}

/** Why something did not work, in the API's own words. */
export function Problem({ error }: { error: DeputeError }) {
  return (
    <div class="notice bad" role="alert">
      <p>{error.message}</p>
      {error.fields.length > 0 && (
        <ul>
          {error.fields.map(({ path, message }) => (
            <li>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      <p>
        <code>{error.code}</code>
        {error.requestId !== undefined && (
          <>
            {" "}
            · request <code>{error.requestId}</code>
          </>
        )}
      </p>
    </div>
  );
}

const isAt = (path: string, entry: string): boolean =>
  entry === "/" ? path === "/" : path === entry || path.startsWith(`${entry}/`);
