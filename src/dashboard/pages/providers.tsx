import { Form } from "../form.tsx";
import type { Action, Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { ProviderPanel } from "./provider-list.tsx";

/** Asks every configured vendor now; what they say is seen only this time. */
const probe: Action = async (visit) => {
  const providers = await visit.client.providers({ probe: true });
  return {
    title: "Providers, asked just now",
    body: (
      <>
        <p class="crumbs">
          <a href="/providers">Providers</a>
        </p>
        <div class="columns">
          {providers.map((provider) => (
            <ProviderPanel provider={provider} now={visit.now} />
          ))}
        </div>
      </>
    ),
  };
};

/** Which vendors are configured, and how they do. */
export const providersPage: Page = {
  path: "/providers",
  title: "Providers",
  nav: "Providers",
  show,
  actions: { "/providers/probe": probe },
};

async function show(visit: Visit) {
  const providers = await visit.client.providers();
  return (
    <>
      {visit.may("admin") && (
        <Form visit={visit} action="/providers/probe" class="actions">
          <button type="submit">Ask every vendor now</button>
          <span class="muted">Each configured vendor is called once, without a prompt.</span>
        </Form>
      )}
      <div class="columns" id="providers" data-live>
        {providers.map((provider) => (
          <ProviderPanel provider={provider} now={visit.now} />
        ))}
      </div>
    </>
  );
}
