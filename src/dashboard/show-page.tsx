import type { DashboardContext } from "./dashboard-env.ts";
import { document } from "./document.tsx";
import { checkForm, formOf } from "./form-input.ts";
import { Layout, type NavEntry } from "./layout.tsx";
import type { Action, Page } from "./page.ts";
import { bareProblem, problemOf, statusOf } from "./problem-page.tsx";
import { askToSignIn } from "./sign-in.ts";
import type { Visit } from "./visit.ts";
import { signedIn, visitOf } from "./visitor.ts";

/** Answers a GET of a page. */
export async function showPage(context: DashboardContext, page: Page, nav: readonly NavEntry[]): Promise<Response> {
  const url = new URL(context.req.url);
  const session = await signedIn(context);
  if (session === undefined) return askToSignIn(context, url.pathname + url.search);
  return rendered(context, page, nav, await visitOf(context, session, url));
}

/** Does what a form asks for; what the API refuses is told on the page that the form stands on. */
export async function actOnPage(context: DashboardContext, page: Page, act: Action, nav: readonly NavEntry[]): Promise<Response> {
  const url = new URL(pathOf(context, page), context.req.url);
  const session = await signedIn(context);
  if (session === undefined) return askToSignIn(context, url.pathname);
  const form = await formOf(context);
  await checkForm(context, form);
  try {
    return await acted(context, page, act, nav, await visitOf(context, session, url), form);
  } catch (thrown) {
    const error = problemOf(context, thrown);
    if (error.code !== "unauthorized") throw error;
    // Back to the page that the form stands on: where it is sent to is none.
    return askToSignIn(context, url.pathname);
  }
}

async function acted(
  context: DashboardContext,
  page: Page,
  act: Action,
  nav: readonly NavEntry[],
  visit: Visit,
  form: URLSearchParams,
): Promise<Response> {
  try {
    const outcome = await act(visit, form);
    if ("see" in outcome) return context.redirect(outcome.see, 303);
    return context.html(framed(visit, nav, outcome.title, outcome.body));
  } catch (thrown) {
    const error = problemOf(context, thrown);
    if (error.code === "unauthorized") throw error;
    return rendered(context, page, nav, { ...visit, refused: { error, form } });
  }
}

async function rendered(context: DashboardContext, page: Page, nav: readonly NavEntry[], visit: Visit): Promise<Response> {
  const { refused, url } = visit;
  const title = typeof page.title === "string" ? page.title : page.title(visit);
  const status = refused === undefined ? 200 : statusOf(refused.error);
  try {
    return context.html(framed(visit, nav, title, await page.show(visit)), status as 200);
  } catch (thrown) {
    const error = problemOf(context, thrown);
    if (error.code === "unauthorized") throw error;
    const afresh = url.search === "" ? null : <a href={url.pathname}>Load this page without its filters</a>;
    const told = { ...visit, refused: { error, form: new URLSearchParams() } };
    return context.html(framed(told, nav, title, afresh), statusOf(error) as 400);
  }
}

const framed = (visit: Visit, nav: readonly NavEntry[], title: string, body: Parameters<typeof document>[1]) =>
  document(
    title,
    <Layout visit={visit} nav={nav} title={title}>
      {body}
    </Layout>,
  );

/** What became of a request that nothing else answers for. A key that works no more ends the session. */
export function failed(context: DashboardContext, thrown: unknown): Response | Promise<Response> {
  const error = problemOf(context, thrown);
  if (error.code === "unauthorized") return askToSignIn(context, new URL(context.req.url).pathname);
  return context.html(bareProblem(error), statusOf(error) as 400);
}

/** The page's own path, with the names in it as they are in the request's. */
const pathOf = (context: DashboardContext, { path }: Page): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(context.req.param(name) ?? ""));
