import type { Child } from "hono/jsx";
import type { DeputeError } from "../client/depute-error.ts";
import { Form } from "./form.tsx";
import type { Visit } from "./visit.ts";

export type NavEntry = { path: string; nav: string };
type LayoutProps = { visit: Visit; nav: readonly NavEntry[]; title: string; children?: Child };

/** What is around every page of somebody who is signed in. */
export function Layout({ visit, nav, title, children }: LayoutProps) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          depute
        </a>
        <nav aria-label="Pages">
          <ul>
            {nav.map((entry) => (
              <li>
                <a href={entry.path} aria-current={isAt(visit.url.pathname, entry.path) ? "page" : undefined}>
                  {entry.nav}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="who">
          <span title="Workspace and key">
            {visit.caller.workspace} / {visit.caller.key}
          </span>
          <Form visit={visit} action="/sign-out">
            <button type="submit" class="quiet">
              Sign out
            </button>
          </Form>
        </div>
      </header>
      {visit.simulated && (
        <p class="banner" role="note">
          The vendors are simulated: no answer here is real, and nothing is paid.
        </p>
      )}
      <main id="main" tabindex={-1} data-page={visit.url.pathname + visit.url.search}>
        <h1>{title}</h1>
        {visit.refused !== undefined && <Problem error={visit.refused.error} />}
        {children}
      </main>
    </>
  );
}

/** Why something did not work, in the API's own words. */
export function Problem({ error }: { error: DeputeError }) {
  return (
    <div class="problem" role="alert">
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
      <p class="muted">
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
