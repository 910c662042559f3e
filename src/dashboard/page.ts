import type { Child } from "hono/jsx";
import type { Visit } from "./visit.ts";

/** What an action ends in: another page to go to (a local path), or one shown at once, for what is seen only this time. */
type Outcome = { see: string } | { title: string; body: Child };

/** Does what a form asks for. A DeputeError shows the action's page again, with the reason and what the form held. */
export type Action = (visit: Visit, form: URLSearchParams) => Promise<Outcome>;

/** One page of the dashboard. */
export type Page = {
  /** As the router writes it: `/delegations/:task_id`. */
  path: string;
  title: string | ((visit: Visit) => string);
  /** Its word in the navigation; without one it is reached from others. */
  nav?: string;
  show: (visit: Visit) => Promise<Child>;
  /** What its forms POST to, by path; the names in `path` stand in each of them. */
  actions?: { readonly [path: string]: Action };
};
