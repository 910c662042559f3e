import type { Child } from "hono/jsx";
import type { Scope } from "../keys/scopes.ts";
import type { Visit } from "./visit.ts";

type AllowedProps = { visit: Pick<Visit, "may">; scope: Scope; what: string; children?: Child };

/** What only some keys may do: shown to those, and to the others why it is not there. */
export const Allowed = ({ visit, scope, what, children }: AllowedProps) => (
  <>
    {visit.may(scope) && children}
    {!visit.may(scope) && (
      <p class="muted">
        {what} needs a key with the scope <code>{scope}</code>.
      </p>
    )}
  </>
);
