import { configOf } from "../config.ts";
import type { DashboardContext } from "./dashboard-env.ts";
import { isFormToken, TOKEN_FIELD } from "./form-token.ts";
import { refusal } from "./problem-page.tsx";
import { isSameOrigin } from "./same-origin.ts";
import { sessionCookie } from "./session-cookie.ts";

/** A prompt of the longest with every byte escaped fits. */
const FORM_BYTES = 8 * 1024 * 1024;

/** The fields of a form as browsers send them. Throws DeputeError for anything else. */
export async function formOf(context: DashboardContext): Promise<URLSearchParams> {
  const type = context.req.header("content-type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) throw refusal("invalid_request", "This takes a form.");
  if (Number(context.req.header("content-length") ?? Number.POSITIVE_INFINITY) > FORM_BYTES)
    throw refusal("payload_too_large", "The form is too large: 8 MB is the most.");
  return new URLSearchParams(new TextDecoder().decode(await context.req.arrayBuffer()));
}

/** Throws DeputeError `forbidden` unless the form stood on a page of ours, shown to the one who is signed in. */
export async function checkForm(context: DashboardContext, form: URLSearchParams): Promise<void> {
  const { secrets } = configOf(context.env);
  const isOurs =
    isSameOrigin(context.req.raw) && (await isFormToken(form.get(TOKEN_FIELD) ?? "", sessionCookie(context) ?? "", secrets));
  if (!isOurs)
    throw refusal(
      "forbidden",
      "This form was not sent from this site's own page, or is from an earlier session. Go back, load the page again and try once more.",
    );
}
