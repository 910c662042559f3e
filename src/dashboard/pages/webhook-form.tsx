import type { WebhookRecord } from "../../client/webhooks.ts";
import { WEBHOOK_EVENTS } from "../../webhooks/webhook-event.ts";
import { idLink } from "../components/query-link.ts";
import { Submit } from "../components/submit.tsx";
import { TextField } from "../components/text-field.tsx";
import { Form } from "../form.tsx";
import { given, type Visit } from "../visit.ts";

const ALL = "*";

/** The form of one endpoint, filled with what is saved of it; of a new one when there is none. */
export function WebhookForm({ visit, webhook }: { visit: Visit; webhook?: WebhookRecord }) {
  const chosen = visit.refused?.form.getAll("events") ?? webhook?.events ?? [ALL];
  return (
    <Form visit={visit} action={webhook === undefined ? "/webhooks" : idLink("/webhooks", webhook.id)} class="panel">
      <h2>{webhook === undefined ? "Tell an address" : "Change it"}</h2>
      <div class="filters">
        <TextField
          label="Public https address"
          name="url"
          value={given(visit, "url", webhook?.url)}
          placeholder="https://example.com/hooks/depute"
          required
        />
        <TextField label="What it is for" name="description" value={given(visit, "description", webhook?.description ?? "")} />
      </div>
      <fieldset class="choices">
        <legend>What it is told of</legend>
        {[ALL, ...WEBHOOK_EVENTS].map((event) => (
          <label class="choice">
            <input type="checkbox" name="events" value={event} checked={chosen.includes(event)} />
            <span>{event === ALL ? "everything, also what later versions add" : event}</span>
          </label>
        ))}
      </fieldset>
      <Submit label={webhook === undefined ? "Add it" : "Save"}>
        {webhook?.enabled === false && "Saving enables it again."}
      </Submit>
    </Form>
  );
}
