import type { Child } from "hono/jsx";
import { Form } from "../form.tsx";
import type { Visit } from "../visit.ts";

type ConfirmProps = {
  visit: Pick<Visit, "token">;
  action: string;
  /** What opens it, and what its button does. */
  label: string;
  /** What comes of it, for who is about to do it. */
  children: Child;
};

/** Something that cannot be taken back: it takes opening this, reading, and a second press. Works without scripts. */
export function Confirm({ visit, action, label, children }: ConfirmProps) {
  return (
    <details class="confirm">
      <summary>{label} …</summary>
      <Form visit={visit} action={action} class="actions">
        <p>{children}</p>
        <button type="submit" class="danger">
          {label}
        </button>
      </Form>
    </details>
  );
}
