import { vi } from "vitest";
import type { JournalEntry } from "../../simulator/scenario.ts";
import { simulate } from "../../simulator/simulate.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import type { Flow } from "../../src/flows/flow.ts";
import type { E2eServer } from "./e2e-server.ts";

const VENDORS: { [provider: string]: JournalEntry["vendor"] } = { claude: "anthropic", codex: "openai", gemini: "google" };

/**
 * A prompt (or an answer, with which the prompts of later steps begin) whose first calls never end, as many as there are at
 * once, and every later one answers `text`.
 */
export function onceCut(text: string, atOnce = 1): string {
  const endless = Array.from({ length: atOnce }, () => ({ text: "never", first_ms: 600_000 }));
  return simulate([...endless, { text }]).trimEnd();
}

/** Posts a flow that must be accepted. */
export async function startFlow({ client }: E2eServer, body: object): Promise<Flow> {
  const { status, body: flow } = await client.call<Flow>("POST", "/v1/flows", { body });
  if (status !== 202) throw new Error(`${status} ${JSON.stringify(flow)}`);
  return flow;
}

/** The flow once it has ended. */
export const flowEnd = (server: E2eServer, flowId: string): Promise<Flow> =>
  vi.waitFor(
    async () => {
      const { body } = await server.client.call<Flow>("GET", `/v1/flows/${flowId}?wait=30`);
      if (body.status === "in-progress") throw new Error(`The flow did not end: ${JSON.stringify(body)}`);
      return body;
    },
    { timeout: 60_000 },
  );

/** What the vendor of a step was asked with its prompt. */
export function callsOfStep(
  { simulator }: E2eServer,
  { prompt, provider }: Pick<Delegation, "prompt" | "provider">,
): JournalEntry[] {
  return simulator.journal().filter((entry) => entry.vendor === VENDORS[provider] && entry.prompt.trim() === prompt.trim());
}

/** Resolves when the step is at the vendor. */
export async function atTheVendor(server: E2eServer, flowId: string, step: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const task = await server.client.get(`${flowId}.${step}`);
      if (!callsOfStep(server, task).some(({ ended_at }) => ended_at === null)) throw new Error(`${step} is not asked yet`);
    },
    { timeout: 60_000, interval: 20 },
  );
}
