import { SCOPES } from "../../keys/scopes.ts";
import { Pager } from "../components/pager.tsx";
import { queryLink } from "../components/query-link.ts";
import { SecretOnce } from "../components/secret-once.tsx";
import { SelectField } from "../components/select-field.tsx";
import { Submit } from "../components/submit.tsx";
import { TextField } from "../components/text-field.tsx";
import { Form } from "../form.tsx";
import type { Action, Page } from "../page.ts";
import { given, type Visit } from "../visit.ts";
import { KeyList } from "./key-list.tsx";

const DAY_SECONDS = 86_400;
const LIVES = [
  { value: "", text: "never" },
  { value: "30", text: "in 30 days" },
  { value: "90", text: "in 90 days" },
  { value: "365", text: "in a year" },
];
const BACK = { href: "/keys", text: "To all keys" };

/** The keys of the workspace: made, rotated and revoked here. */
export const keysPage: Page = {
  path: "/keys",
  title: "Keys",
  nav: "Keys",
  show,
  actions: {
    "/keys": create,
    "/keys/:key_id/rotate": rotate,
    "/keys/:key_id/revoke": revoke,
  },
};

async function create({ client }: Visit, form: URLSearchParams): ReturnType<Action> {
  const days = Number(form.get("expires_in_days") ?? "");
  const { key, name } = await client.keys.create({
    name: form.get("name") ?? "",
    scopes: SCOPES.filter((scope) => form.getAll("scopes").includes(scope)),
    defaultAgent: form.get("default_agent")?.trim() || undefined,
    expiresIn: days > 0 ? days * DAY_SECONDS : undefined,
  });
  return {
    title: `The key ${name}`,
    body: (
      <SecretOnce secret={key} back={BACK}>
        Whoever has it sends it as <code>Authorization: Bearer …</code>, or keeps it in <code>DEPUTE_KEY</code> for the depute
        command.
      </SecretOnce>
    ),
  };
}

async function rotate({ client, param }: Visit): ReturnType<Action> {
  const { key, name } = await client.keys.rotate(param("key_id"));
  return {
    title: `The new key ${name}`,
    body: (
      <SecretOnce secret={key} back={BACK}>
        It takes the old one's place at once. The old one works for 24 hours more, so that nothing stops while you change it.
      </SecretOnce>
    ),
  };
}

async function revoke({ client, param }: Visit): ReturnType<Action> {
  await client.keys.revoke(param("key_id"));
  return { see: "/keys" };
}

async function show(visit: Visit) {
  const cursor = visit.url.searchParams.get("cursor") ?? undefined;
  const { data, nextCursor } = await visit.client.keys.page({ cursor });
  return (
    <>
      {cursor === undefined && <NewKeyForm visit={visit} />}
      <section class="panel">
        <KeyList keys={data} visit={visit} />
        <Pager
          first={cursor === undefined ? null : "/keys"}
          next={nextCursor === null ? null : queryLink("/keys", { cursor: nextCursor })}
        />
      </section>
    </>
  );
}

function NewKeyForm({ visit }: { visit: Visit }) {
  const chosen = visit.refused?.form.getAll("scopes") ?? ["delegate", "read"];
  return (
    <Form visit={visit} action="/keys" class="panel">
      <h2>Make a key</h2>
      <div class="filters">
        <TextField label="Name, as the books and the audit will say it" name="name" value={given(visit, "name")} required />
        <TextField
          label="Agent of tasks that name none"
          name="default_agent"
          value={given(visit, "default_agent")}
          placeholder="default"
        />
        <SelectField label="Expires" name="expires_in_days" value={given(visit, "expires_in_days")} options={LIVES} />
      </div>
      <fieldset class="choices">
        <legend>What its holder may do; no scope includes another</legend>
        {SCOPES.map((scope) => (
          <label class="choice">
            <input type="checkbox" name="scopes" value={scope} checked={chosen.includes(scope)} />
            <span>{scope}</span>
          </label>
        ))}
      </fieldset>
      <Submit label="Make the key" />
    </Form>
  );
}
