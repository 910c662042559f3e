import type { AgentRecord } from "../../client/agents.ts";
import { Allowed } from "../allowed.tsx";
import { Confirm } from "../components/confirm.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { idLink, queryLink } from "../components/query-link.ts";
import { Time } from "../components/time.tsx";
import { countText } from "../components/tokens.tsx";
import type { Action, Page } from "../page.ts";
import { refusal } from "../problem-page.tsx";
import type { Visit } from "../visit.ts";
import { AgentForm } from "./agent-form.tsx";
import { agentInput } from "./agent-input.ts";

/** The saved roles, and the form of one. */
export const agentsPage: Page = {
  path: "/agents",
  title: "Agents",
  nav: "Agents",
  show,
  actions: { "/agents": create, "/agents/:name": change, "/agents/:name/delete": remove },
};

async function create({ client }: Visit, form: URLSearchParams): ReturnType<Action> {
  const name = form.get("name")?.trim() ?? "";
  if ((await client.agents.get(name)) !== null)
    throw refusal("conflict", `There is an agent ${name} already: change that one, or choose another name.`);
  await client.agents.put(name, agentInput(form, {}));
  return { see: "/agents" };
}

async function change({ client, param }: Visit, form: URLSearchParams): ReturnType<Action> {
  const name = param("name");
  const saved = await client.agents.get(name);
  await client.agents.put(name, agentInput(form, saved?.settings ?? {}));
  return { see: "/agents" };
}

async function remove({ client, param }: Visit): ReturnType<Action> {
  await client.agents.delete(param("name"));
  return { see: "/agents" };
}

async function show(visit: Visit) {
  const agents = await visit.client.agents.list();
  const edited = visit.refused?.form.get("change") ?? visit.url.searchParams.get("change");
  const agent = edited === null ? null : (agents.find(({ name }) => name === edited) ?? null);
  return (
    <>
      <Allowed visit={visit} scope="admin" what="Making and changing agents">
        <AgentForm visit={visit} agent={agent} />
      </Allowed>
      <section class="panel">
        <DataTable caption="Agents" columns={columnsFor(visit)} rows={agents} idOf={({ name }) => `agent-${name}`} />
      </section>
    </>
  );
}

const columnsFor = (visit: Visit): Column<AgentRecord>[] => [
  {
    head: "Name",
    cell: ({ name, settings }) => (
      <>
        <a href={queryLink("/delegations", { agent: name })}>{name}</a>
        <br />
        <span class="muted">{settings.description ?? ""}</span>
      </>
    ),
  },
  { head: "Runs on", cell: ({ settings }) => runsOn(settings) },
  { head: "System prompt", cell: ({ settings }) => <SystemPrompt text={settings.system} /> },
  {
    head: "Saved",
    cell: ({ builtIn, changed, updatedAt, updatedBy }) =>
      builtIn && !changed ? (
        "built in"
      ) : (
        <span>
          <Time at={updatedAt} now={visit.now} /> by {updatedBy ?? "nobody known"}
        </span>
      ),
  },
  ...(visit.may("admin") ? [{ head: "Change", cell: (agent: AgentRecord) => <AgentActions agent={agent} visit={visit} /> }] : []),
];

/** Who runs the tasks of a role, in words. */
const runsOn = ({ provider, model }: AgentRecord["settings"]): string =>
  [provider, model].filter(Boolean).join(" · ") || "the default";

function SystemPrompt({ text }: { text: string | undefined }) {
  if (text === undefined) return "–";
  return (
    <details>
      <summary>{countText(text.length)} characters</summary>
      <span class="excerpt">{text}</span>
    </details>
  );
}

function AgentActions({ agent: { name, builtIn, changed }, visit }: { agent: AgentRecord; visit: Visit }) {
  const label = builtIn ? "Restore" : "Delete";
  return (
    <div class="actions">
      <a class="button" href={queryLink("/agents", { change: name })}>
        Change
      </a>
      {(!builtIn || changed) && (
        <Confirm visit={visit} action={`${idLink("/agents", name)}/delete`} label={label}>
          {builtIn ? "It will be as it came. " : "Tasks that name it will be refused. "}
          What ran stays as it ran.
        </Confirm>
      )}
    </div>
  );
}
