import type { WebhookRecord } from "../../client/webhooks.ts";
import { Confirm } from "../components/confirm.tsx";
import { Pager } from "../components/pager.tsx";
import { idLink, queryLink } from "../components/query-link.ts";
import { SecretOnce } from "../components/secret-once.tsx";
import { Time } from "../components/time.tsx";
import { Form } from "../form.tsx";
import type { Action, Page } from "../page.ts";
import { refusal } from "../problem-page.tsx";
import type { Visit } from "../visit.ts";
import { DeliveryList } from "./delivery-list.tsx";
import { WebhookForm } from "./webhook-form.tsx";
import { webhookInput } from "./webhook-input.ts";
import { webhookState } from "./webhooks.tsx";

/** One endpoint: what it is told, what it answered, and what can be done with it. */
export const webhookPage: Page = {
  path: "/webhooks/:id",
  title: "Webhook",
  show,
  actions: {
    "/webhooks/:id": change,
    "/webhooks/:id/test": test,
    "/webhooks/:id/disable": disable,
    "/webhooks/:id/rotate": rotate,
    "/webhooks/:id/delete": remove,
    "/webhooks/:id/deliveries/:delivery_id": redeliver,
  },
};

const home = ({ param }: Visit): { see: string } => ({ see: idLink("/webhooks", param("id")) });

async function change(visit: Visit, form: URLSearchParams): ReturnType<Action> {
  await visit.client.webhooks.put(visit.param("id"), webhookInput(form));
  return home(visit);
}

async function test(visit: Visit): ReturnType<Action> {
  await visit.client.webhooks.test(visit.param("id"));
  return home(visit);
}

async function disable(visit: Visit): ReturnType<Action> {
  const { url, events, description } = await found(visit);
  // The API gave these events, so it takes them.
  await visit.client.webhooks.put(visit.param("id"), { url, events: events as ["*"], description, enabled: false });
  return home(visit);
}

async function rotate(visit: Visit): ReturnType<Action> {
  const { secret } = await visit.client.webhooks.rotateSecret(visit.param("id"));
  return {
    title: "The new secret",
    body: (
      <SecretOnce secret={secret} back={{ href: home(visit).see, text: "To the webhook" }}>
        For 24 hours every delivery is signed with the old secret as well, so that nothing is refused while you change it.
      </SecretOnce>
    ),
  };
}

async function remove(visit: Visit): ReturnType<Action> {
  await visit.client.webhooks.delete(visit.param("id"));
  return { see: "/webhooks" };
}

async function redeliver(visit: Visit): ReturnType<Action> {
  await visit.client.webhooks.redeliver(visit.param("id"), visit.param("delivery_id"));
  return home(visit);
}

async function found({ client, param }: Visit): Promise<WebhookRecord> {
  const webhook = await client.webhooks.get(param("id"));
  if (webhook === null) throw refusal("not_found", `There is no webhook ${param("id")}.`);
  return webhook;
}

async function show(visit: Visit) {
  const cursor = visit.url.searchParams.get("cursor") ?? undefined;
  const id = visit.param("id");
  const path = idLink("/webhooks", id);
  const [webhook, { data, nextCursor }] = await Promise.all([
    found(visit),
    visit.client.webhooks.deliveriesPage(id, {}, { cursor }),
  ]);
  return (
    <>
      <Head webhook={webhook} visit={visit} />
      <section class="panel" id="deliveries" data-live={cursor === undefined || undefined}>
        <h2>Deliveries</h2>
        <DeliveryList deliveries={data} webhookId={id} visit={visit} />
        <Pager
          first={cursor === undefined ? null : path}
          next={nextCursor === null ? null : queryLink(path, { cursor: nextCursor })}
        />
      </section>
      <WebhookForm visit={visit} webhook={webhook} />
    </>
  );
}

function Head({ webhook, visit }: { webhook: WebhookRecord; visit: Visit }) {
  const path = idLink("/webhooks", webhook.id);
  return (
    <section class="panel">
      <p class="crumbs">
        <a href="/webhooks">Webhooks</a> · {webhook.url}
      </p>
      <p>
        {webhookState(webhook)}
        {webhook.disabledBecause !== null && `: ${webhook.disabledBecause}`}
        {webhook.failingSince !== null && (
          <>
            {" since "}
            <Time at={webhook.failingSince} now={visit.now} />
          </>
        )}
      </p>
      <div class="actions">
        <Form visit={visit} action={`${path}/test`}>
          <button type="submit" disabled={!webhook.enabled}>
            Send a test event
          </button>
        </Form>
        <Form visit={visit} action={`${path}/rotate`}>
          <button type="submit">Rotate the secret</button>
        </Form>
        {webhook.enabled && (
          <Form visit={visit} action={`${path}/disable`}>
            <button type="submit">Disable</button>
          </Form>
        )}
        <Confirm visit={visit} action={`${path}/delete`} label="Delete">
          It is told nothing more, and the log of its deliveries goes with it.
        </Confirm>
      </div>
    </section>
  );
}
