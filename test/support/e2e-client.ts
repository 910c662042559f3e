import { setTimeout as sleep } from "node:timers/promises";
import type { Delegation, DelegationInput } from "../../src/delegations/delegation.ts";
import type { DelegationEvent } from "../../src/delegations/events.ts";

export type Answer<Body = unknown> = { status: number; headers: Headers; body: Body };
export type Listed = Pick<Delegation, "task_id" | "status" | "cost_nanos" | "tokens_used"> & { attempt_count: number };
export type Costs = { total: { count: number; tokens: number; total_cost_nanos: number } };
type Ask = { body?: unknown; headers?: { [name: string]: string }; signal?: AbortSignal };

const LONGEST_WAIT_SECONDS = 55;
const FINAL_MS = 180_000;
const HEALTHY_MS = 60_000;

/** Talks to a server over HTTP as its users do. The address may change under it: every call asks for it anew. */
export class E2eClient {
  readonly #url: () => string;
  readonly #key: string;

  constructor(url: () => string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** A text is sent as it is, anything else as JSON; an answer that is JSON is parsed. */
  async call<Body = unknown>(method: string, path: string, { body, headers, signal }: Ask = {}): Promise<Answer<Body>> {
    const response = await fetch(`${this.#url()}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get("content-type") ?? "") && text !== "";
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body };
  }

  /** Posts a delegation that must be accepted, and gives it. */
  async delegate(input: DelegationInput, headers: { [name: string]: string } = {}): Promise<Delegation> {
    const { status, body } = await this.post(input, headers);
    if (status !== 202 && status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }

  post(body: unknown, headers: { [name: string]: string } = {}): Promise<Answer<Delegation>> {
    return this.call<Delegation>("POST", "/v1/delegations", { body, headers });
  }

  async get(taskId: string, waitSeconds = 0): Promise<Delegation> {
    const { status, body } = await this.call<Delegation>("GET", `/v1/delegations/${taskId}?wait=${waitSeconds}`);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** The delegation once it is final. */
  async final(taskId: string): Promise<Delegation> {
    for (const giveUpAt = Date.now() + FINAL_MS; ; ) {
      const delegation = await this.get(taskId, LONGEST_WAIT_SECONDS);
      if (["completed", "failed", "cancelled"].includes(delegation.status)) return delegation;
      if (Date.now() > giveUpAt) throw new Error(`The task did not end: ${JSON.stringify(delegation)}`);
    }
  }

  act(taskId: string, action: "cancel" | "approve" | "reject" | "retry"): Promise<Answer<Delegation>> {
    return this.call<Delegation>("POST", `/v1/delegations/${taskId}/${action}`);
  }

  /** The event log as far as it is stored. */
  async events(taskId: string): Promise<DelegationEvent[]> {
    const { status, body } = await this.call<{ data: DelegationEvent[] }>("GET", `/v1/delegations/${taskId}/events`);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body.data;
  }

  /** The live event stream after `seq`, event by event; it ends with the connection, cut or not. */
  async *follow(taskId: string, after: number, signal?: AbortSignal): AsyncGenerator<DelegationEvent> {
    const headers = { authorization: `Bearer ${this.#key}`, accept: "text/event-stream", "last-event-id": String(after) };
    const response = await fetch(`${this.#url()}/v1/delegations/${taskId}/events`, { headers, ...(signal && { signal }) });
    if (response.status === 204) return;
    if (response.status !== 200 || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
    let waiting = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = `${waiting}${text}`.split("\n\n");
      waiting = frames.pop() ?? "";
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data !== undefined) yield JSON.parse(data) as DelegationEvent;
      }
    }
  }

  /** The whole list, page by page. */
  async list(): Promise<Listed[]> {
    const rows: Listed[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Answer<{ data: Listed[]; next_cursor: string | null }> = await this.call(
        "GET",
        `/v1/delegations?limit=200${query}`,
      );
      if (page.status !== 200) throw new Error(`${page.status} ${JSON.stringify(page.body)}`);
      rows.push(...page.body.data);
      cursor = page.body.next_cursor;
    }
    return rows;
  }

  async costs(query = ""): Promise<Costs> {
    const { status, body } = await this.call<Costs>("GET", `/v1/costs${query}`);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Resolves when /health answers 200. */
  async healthy(): Promise<void> {
    for (const giveUpAt = Date.now() + HEALTHY_MS; ; ) {
      const status = await this.call("GET", "/health").then(
        (answer) => answer.status,
        (error: unknown) => String(error),
      );
      if (status === 200) return;
      if (Date.now() > giveUpAt) throw new Error(`/health answers ${status}`);
      await sleep(20);
    }
  }
}
