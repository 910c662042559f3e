import type { Child } from "hono/jsx";
import { TOKEN_FIELD } from "./form-token.ts";
import type { Visit } from "./visit.ts";

type FormProps = { visit: Pick<Visit, "token">; action: string; class?: string; id?: string; children?: Child };

/** A form that changes something: it carries the token without which nothing is done. */
export function Form({ visit, action, children, ...rest }: FormProps) {
  return (
    <form method="post" action={action} {...rest}>
      <input type="hidden" name={TOKEN_FIELD} value={visit.token} />
      {children}
    </form>
  );
}
