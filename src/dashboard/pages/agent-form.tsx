import type { AgentRecord } from "../../client/agents.ts";
import { idLink } from "../components/query-link.ts";
import { SelectField, wordOptions } from "../components/select-field.tsx";
import { Submit } from "../components/submit.tsx";
import { TextField } from "../components/text-field.tsx";
import { Form } from "../form.tsx";
import { given, type Visit } from "../visit.ts";
import { PROVIDER_WORDS } from "../words.ts";

/** The form of one role, filled with what is saved of it; of a new one when there is none. */
export function AgentForm({ visit, agent }: { visit: Visit; agent: AgentRecord | null }) {
  const settings: Partial<AgentRecord["settings"]> = agent?.settings ?? {};
  const field = (name: string, saved: unknown) => given(visit, name, saved === undefined ? "" : String(saved));
  return (
    <Form visit={visit} action={agent === null ? "/agents" : idLink("/agents", agent.name)} class="panel">
      <h2>{agent === null ? "Make an agent" : `Change ${agent.name}`}</h2>
      {agent !== null && <input type="hidden" name="change" value={agent.name} />}
      <div class="filters">
        {agent === null && (
          <TextField label="Name" name="name" value={given(visit, "name")} placeholder="security-reviewer" required />
        )}
        <TextField label="What it is for" name="description" value={field("description", settings.description)} />
        <SelectField
          label="Provider"
          name="provider"
          value={field("provider", settings.provider)}
          options={wordOptions("by model", PROVIDER_WORDS)}
        />
        <TextField
          label="Model"
          name="model"
          value={field("model", settings.model)}
          placeholder="the provider's default, or auto"
        />
        <TextField label="Temperature" name="temperature" value={field("temperature", settings.temperature)} />
        <TextField
          label="Most output tokens"
          name="max_output_tokens"
          value={field("max_output_tokens", settings.maxOutputTokens)}
        />
        <TextField label="Timeout of an attempt, seconds" name="timeout" value={field("timeout", settings.timeout)} />
        <SelectField
          label="Approval"
          name="approval"
          value={field("approval", settings.approval)}
          options={wordOptions("run at once", ["auto", "manual", "never"])}
        />
      </div>
      <label>
        <span>System prompt</span>
        <textarea name="system" rows={6}>
          {field("system", settings.system)}
        </textarea>
      </label>
      <Submit label="Save">Tasks that ran stay as they ran. Settings that are not shown here stay as they are.</Submit>
    </Form>
  );
}
