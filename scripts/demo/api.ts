import type { Delegation, DelegationInput } from "../../src/delegations/delegation.ts";
import type { DelegationEvent } from "../../src/delegations/events.ts";
import type { Flow } from "../../src/flows/flow.ts";
import type { FlowEvent } from "../../src/flows/flow-event.ts";
import type { FlowInput } from "../../src/flows/patterns.ts";

type CostRow = { model: string | null; count: number; tokens: number; total_cost: number | null; wasted_cost: number };
export type CostReport = { data: CostRow[]; total: Omit<CostRow, "model"> };

/** The few calls of the HTTP API that the demo makes. Each throws an Error with the answer's text when it is refused. */
export class Api {
  readonly #url: string;
  readonly #key: string;

  constructor(server: { url: string; key: string }) {
    this.#url = server.url;
    this.#key = server.key;
  }

  async isSimulated(): Promise<boolean> {
    return (await this.#json<{ simulated: boolean }>("/health")).simulated;
  }

  async configuredProviders(): Promise<string[]> {
    const { data } = await this.#json<{ data: { provider: string; configured: boolean }[] }>("/v1/providers");
    return data.filter(({ configured }) => configured).map(({ provider }) => provider);
  }

  delegate(input: DelegationInput): Promise<Delegation> {
    return this.#post("/v1/delegations", input);
  }

  startFlow(input: FlowInput): Promise<Flow> {
    return this.#post("/v1/flows", input);
  }

  flow(flowId: string): Promise<Flow> {
    return this.#json(`/v1/flows/${flowId}`);
  }

  delegation(taskId: string): Promise<Delegation> {
    return this.#json(`/v1/delegations/${taskId}`);
  }

  /** What was spent by model since `since` (ISO 8601). */
  costs(since: string): Promise<CostReport> {
    return this.#json(`/v1/costs?group_by=model&created_after=${encodeURIComponent(since)}`);
  }

  /** Every event of a task as it happens, to the last one; resumes by itself when the connection ends before. */
  events(taskId: string): AsyncGenerator<DelegationEvent> {
    return this.#events(`/v1/delegations/${taskId}/events`, "thread.completed");
  }

  /** As `events`, of a flow. */
  flowEvents(flowId: string): AsyncGenerator<FlowEvent> {
    return this.#events(`/v1/flows/${flowId}/events`, "flow.completed");
  }

  async *#events<E extends { seq: number; type: string }>(path: string, end: E["type"]): AsyncGenerator<E> {
    for (let last = 0; ; ) {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": String(last) };
      const response = await this.#fetch(path, { headers });
      if (response.status === 204 || response.body === null) return;
      for await (const event of parsedEvents<E>(response.body)) {
        last = event.seq;
        yield event;
        if (event.type === end) return;
      }
    }
  }

  #post<T>(path: string, body: object): Promise<T> {
    return this.#json(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  }

  async #json<T>(path: string, init: RequestInit = {}): Promise<T> {
    return (await (await this.#fetch(path, init)).json()) as T;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, Authorization: `Bearer ${this.#key}` };
    const response = await fetch(`${this.#url}${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}

/** The `data` lines of Server-Sent Events; comments and the other fields are not needed here. */
export async function* parsedEvents<E = DelegationEvent>(body: AsyncIterable<Uint8Array>): AsyncGenerator<E> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice("data: ".length)) as E;
  }
}
