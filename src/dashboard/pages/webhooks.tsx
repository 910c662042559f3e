import type { WebhookRecord } from "../../client/webhooks.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { idLink } from "../components/query-link.ts";
import { SecretOnce } from "../components/secret-once.tsx";
import { Time } from "../components/time.tsx";
import type { Action, Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { WebhookForm } from "./webhook-form.tsx";
import { webhookInput } from "./webhook-input.ts";

/** Who is told of what happens. */
export const webhooksPage: Page = {
  path: "/webhooks",
  title: "Webhooks",
  nav: "Webhooks",
  show,
  actions: { "/webhooks": create },
};

async function create({ client }: Visit, form: URLSearchParams): ReturnType<Action> {
  const { id, secret } = await client.webhooks.create(webhookInput(form));
  return {
    title: "The secret of the new webhook",
    body: (
      <SecretOnce secret={secret} back={{ href: idLink("/webhooks", id), text: "To the webhook" }}>
        The receiver checks every delivery with it, as Standard Webhooks say; libraries exist for most languages.
      </SecretOnce>
    ),
  };
}

async function show(visit: Visit) {
  const webhooks = await visit.client.webhooks.list();
  return (
    <>
      <section class="panel" id="rows" data-live>
        {webhooks.length === 0 ? (
          <EmptyState title="No webhooks yet">
            <p>
              An address that you name is told when work ends, waits for approval or a budget runs low: signed, and retried for a
              day.
            </p>
          </EmptyState>
        ) : (
          <DataTable caption="Webhooks" columns={columnsAt(visit.now)} rows={webhooks} idOf={({ id }) => `webhook-${id}`} />
        )}
      </section>
      <WebhookForm visit={visit} />
    </>
  );
}

/** How an endpoint does, in a word. */
export const webhookState = ({ enabled, failingSince }: Pick<WebhookRecord, "enabled" | "failingSince">): string =>
  enabled ? (failingSince === null ? "enabled" : "failing") : "disabled";

const columnsAt = (now: number): Column<WebhookRecord>[] => [
  {
    head: "Address",
    cell: ({ id, url, description }) => (
      <>
        <a href={idLink("/webhooks", id)}>{url}</a>
        <br />
        <span class="muted">{description ?? ""}</span>
      </>
    ),
  },
  { head: "State", cell: (webhook) => webhookState(webhook) },
  { head: "Told of", cell: ({ events }) => (events.includes("*") ? "everything" : events.join(", ")) },
  {
    head: "Made",
    cell: ({ createdAt, createdBy }) => (
      <span>
        <Time at={createdAt} now={now} /> by {createdBy}
      </span>
    ),
  },
];
