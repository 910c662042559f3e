import type { Input } from "../../client/camel-case.ts";
import type { WebhookBody } from "../../webhooks/webhook.ts";

/** The endpoint that the form asks for; what is wrong with it is the API's to say. */
export function webhookInput(form: URLSearchParams): Input<WebhookBody> {
  return {
    url: form.get("url")?.trim() ?? "",
    events: form.getAll("events") as WebhookBody["events"],
    description: form.get("description")?.trim() || null,
  };
}
