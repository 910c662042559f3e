import type { AgentRecord } from "../../client/agents.ts";

type Settings = AgentRecord["settings"];

/**
 * The settings that the form asks for, on top of those it does not show. A field that was left empty is taken out; what is wrong with the
 * others is the API's to say.
 */
export function agentInput(form: URLSearchParams, kept: Settings): Settings {
  const text = (name: string) => form.get(name)?.trim() || undefined;
  const number = (name: string) => {
    const given = text(name);
    // What is no number stays what it is, so that the refusal names it.
    return given === undefined || Number.isNaN(Number(given)) ? given : Number(given);
  };
  const asked = {
    description: text("description"),
    provider: text("provider"),
    model: text("model"),
    system: text("system")?.replaceAll("\r\n", "\n"),
    temperature: number("temperature"),
    maxOutputTokens: number("max_output_tokens"),
    timeout: number("timeout"),
    approval: text("approval"),
  };
  return Object.fromEntries(Object.entries({ ...kept, ...asked }).filter(([, value]) => value !== undefined)) as Settings;
}
