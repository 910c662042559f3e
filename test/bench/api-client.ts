import type { Batch } from "../../src/batches/batch.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";

/** One caller of the API of a server under measurement; its connections stay open. */
export class ApiClient {
  readonly #url: string;
  readonly #headers: { [name: string]: string };

  constructor(url: string, key: string) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  }

  /** The same server asked with another key. */
  withKey(key: string): ApiClient {
    return new ApiClient(this.#url, key);
  }

  /** Posts a body and returns the answer's. Throws unless it is a success. */
  async sent(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, { method: "POST", headers: this.#headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /** Delegates a prompt and returns the id. Throws unless it was accepted. */
  async post(prompt: string): Promise<string> {
    const response = await fetch(`${this.#url}/v1/delegations`, {
      method: "POST",
      headers: this.#headers,
      body: JSON.stringify({ provider: "claude", prompt }),
    });
    const body = await response.text();
    if (response.status !== 202) throw new Error(`POST /v1/delegations answered ${response.status}: ${body}`);
    return (JSON.parse(body) as Delegation).task_id;
  }

  /** Delegates a prompt that must be refused for the budget. */
  async refused(prompt: string): Promise<void> {
    const body = JSON.stringify({ provider: "claude", prompt });
    const response = await fetch(`${this.#url}/v1/delegations`, { method: "POST", headers: this.#headers, body });
    const text = await response.text();
    if (response.status !== 402) throw new Error(`POST /v1/delegations answered ${response.status}: ${text}`);
  }

  async put(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.#url}${path}`, { method: "PUT", headers: this.#headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`PUT ${path} answered ${response.status}: ${text}`);
  }

  /** The delegation when it has completed; throws when it ended otherwise. */
  async completed(taskId: string): Promise<Delegation> {
    for (;;) {
      const response = await fetch(`${this.#url}/v1/delegations/${taskId}?wait=55`, { headers: this.#headers });
      if (response.status !== 200) throw new Error(`GET ${taskId} answered ${response.status}: ${await response.text()}`);
      const delegation = (await response.json()) as Delegation;
      if (delegation.status === "completed") return delegation;
      if (delegation.error !== null) throw new Error(`${taskId} is ${delegation.status}: ${JSON.stringify(delegation.error)}`);
    }
  }

  /** Delegates a prompt and waits for its answer. */
  async delegate(prompt: string): Promise<Delegation> {
    return this.completed(await this.post(prompt));
  }

  /** Delegates the prompt `tasks` times as one batch, and returns the batch's id as soon as it is accepted. */
  async batch(prompt: string, tasks: number): Promise<string> {
    const response = await fetch(`${this.#url}/v1/batches`, {
      method: "POST",
      headers: this.#headers,
      body: JSON.stringify({ tasks: Array.from({ length: tasks }, () => ({ prompt })), defaults: { provider: "claude" } }),
    });
    const body = await response.text();
    if (response.status !== 202) throw new Error(`POST /v1/batches answered ${response.status}: ${body}`);
    return (JSON.parse(body) as Batch).batch_id;
  }

  /** Waits until every task of the batch has ended; throws unless all have completed. */
  async batchCompleted(batchId: string): Promise<Batch> {
    for (;;) {
      const batch = (await this.json(`/v1/batches/${batchId}?wait=55`)) as Batch;
      if (batch.status === "in-progress") continue;
      if (batch.counts.completed === batch.counts.total) return batch;
      throw new Error(`${batchId} is ${batch.status} with ${JSON.stringify(batch.counts)}`);
    }
  }

  /** Follows the events to the end, and returns how many bytes came. */
  async watch(taskId: string): Promise<number> {
    const response = await fetch(`${this.#url}/v1/delegations/${taskId}/events`, {
      headers: { ...this.#headers, accept: "text/event-stream" },
    });
    if (response.status !== 200) throw new Error(`GET ${taskId}/events answered ${response.status}`);
    let bytes = 0;
    for await (const piece of response.body ?? []) bytes += piece.byteLength;
    return bytes;
  }

  /** The sum of what has been delegated and settled, as the books have it. */
  async json(path: string): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, { headers: this.#headers });
    if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
