import { ulid } from "ulid";
import { BUDGET_MODES, COMPLEXITIES, TASK_TYPES } from "../../models/task-words.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { idLink } from "../components/query-link.ts";
import { SelectField, wordOptions } from "../components/select-field.tsx";
import { Submit } from "../components/submit.tsx";
import { TextField } from "../components/text-field.tsx";
import { Form } from "../form.tsx";
import type { Action, Page } from "../page.ts";
import { given, type Visit } from "../visit.ts";
import { PROVIDER_WORDS } from "../words.ts";
import { delegateInput } from "./delegate-input.ts";

/** What may be chosen from; nothing where the key may not read. */
type Choices = { agents: string[]; providers: string[]; models: string[] };

/** The form that delegates. */
export const delegatePage: Page = {
  path: "/delegate",
  title: "Delegate",
  nav: "Delegate",
  show: async (visit) => {
    if (!visit.may("delegate")) return <EmptyState title="Your key may not delegate: it lacks the scope delegate." />;
    return <DelegateForm visit={visit} choices={await choicesOf(visit)} />;
  },
  actions: { "/delegate": delegate },
};

/** The form carries the id of what it makes, unless one is chosen: sent twice it delegates once. */
async function delegate({ client }: Visit, form: URLSearchParams): ReturnType<Action> {
  const { taskId } = await client.delegate(delegateInput(form));
  return { see: idLink("/delegations", taskId) };
}

async function choicesOf({ client, may }: Visit): Promise<Choices> {
  if (!may("read")) return { agents: [], providers: [...PROVIDER_WORDS], models: [] };
  const [agents, providers, models] = await Promise.all([client.agents.list(), client.providers(), client.models()]);
  return {
    agents: agents.map(({ name }) => name),
    providers: providers.filter(({ configured }) => configured).map(({ provider }) => provider),
    models: models.filter(({ lifecycle }) => lifecycle !== "retired").map(({ id }) => id),
  };
}

function DelegateForm({ visit, choices }: { visit: Visit; choices: Choices }) {
  const select = (label: string, name: string, none: string, words: readonly string[]) => (
    <SelectField label={label} name={name} value={given(visit, name)} options={wordOptions(none, words)} />
  );
  return (
    <Form visit={visit} action="/delegate" class="panel">
      <input type="hidden" name="once" value={given(visit, "once", `task_${ulid()}`)} />
      <label>
        <span>Prompt</span>
        <textarea name="prompt" rows={8} required>
          {given(visit, "prompt", visit.url.searchParams.get("prompt") ?? "")}
        </textarea>
      </label>
      <div class="filters">
        {select("Agent", "agent", "the key's own", choices.agents)}
        {select("Provider", "provider", "by model or agent", choices.providers)}
        <TextField label="Model" name="model" value={given(visit, "model")} list="models" placeholder="the agent's, or auto" />
        {select("Approval", "approval", "run at once", ["manual"])}
      </div>
      <datalist id="models">
        {["auto", ...choices.models].map((id) => (
          <option value={id} />
        ))}
      </datalist>
      <details>
        <summary>More: kind of task, cost limit, fallbacks, id</summary>
        <div class="filters">
          {select("Kind of task", "task_type", "not said", TASK_TYPES)}
          {select("Complexity", "complexity", "not said", COMPLEXITIES)}
          {select("Budget mode", "budget_mode", "not said", BUDGET_MODES)}
          <TextField
            label="Most it may cost, US dollars"
            name="max_cost"
            type="number"
            step="any"
            min={0}
            value={given(visit, "max_cost")}
          />
          {select("When it fails", "fallbacks", "stop", ["auto"])}
          <TextField label="Task id" name="task_id" value={given(visit, "task_id")} placeholder="one is made" />
        </div>
      </details>
      <Submit label="Delegate" />
    </Form>
  );
}
