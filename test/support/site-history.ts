import { simulate } from "../../simulator/simulate.ts";
import type { Site } from "./site.ts";

const ENDLESS = simulate({ text: "x", headers_ms: 600_000 });

/** Something of every kind and state on a site's pages: what runs goes on until the site ends. Resolves with their addresses. */
export async function makeHistory({ server: { client } }: Site): Promise<string[]> {
  const made = async (method: string, path: string, body: object) => {
    const { status, body: answer } = await client.call(method, path, { body });
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
  };
  await client.delegate({
    task_id: "done",
    prompt: simulate({ text: "all done", reasoning: "thinking it over" }),
    task_type: "TESTING",
  });
  await client.delegate({ task_id: "bad", prompt: simulate({ status: 400 }), max_attempts: 1 });
  await client.delegate({ task_id: "waiting", prompt: "Wait for somebody", approval: "manual" });
  await client.delegate({ task_id: "running", prompt: ENDLESS });
  await made("POST", "/v1/batches", {
    batch_id: "half-done",
    tasks: [{ prompt: simulate({ text: "one" }) }, { prompt: ENDLESS }],
  });
  const panel = [
    { name: "first", provider: "claude" },
    { name: "second", provider: "gemini" },
  ];
  const verdict = simulate({
    text: JSON.stringify({ synthesis: "Yes.", agreement: 0.5, dissent: [{ member: "second", point: "No." }] }),
  });
  const prompt = simulate({ text: `Yes\n${verdict}` });
  await made("POST", "/v1/flows", { flow_id: "agreed", pattern: "consensus", prompt, panel, judge: { provider: "claude" } });
  await made("PUT", "/v1/budgets/monthly", { scope: "workspace", period: "month", limit: 100 });
  await made("PUT", "/v1/agents/poet", { description: "Writes verses", system: "You write verses." });
  await made("POST", "/v1/keys", { name: "another", scopes: ["read"] });
  await made("POST", "/v1/webhooks", { url: "http://127.0.0.1:9/nowhere", events: ["delegation.failed"] });
  for (const taskId of ["done", "bad"]) await client.final(taskId);
  await client.call("GET", "/v1/flows/agreed?wait=55");
  return [
    "/delegations/done",
    "/delegations/bad",
    "/delegations/waiting",
    "/delegations/running",
    "/batches/half-done",
    "/flows/agreed",
  ];
}
