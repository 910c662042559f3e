import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Mountable } from "@copilotkit/aimock";
import { anthropic } from "./dialects/anthropic.ts";
import { asText, type Dialect, isJson, type Json } from "./dialects/dialect.ts";
import { AgentTasks, refuseLikeGitHub } from "./dialects/github.ts";
import { google } from "./dialects/google.ts";
import { openaiChat } from "./dialects/openai-chat.ts";
import { openaiResponses } from "./dialects/openai-responses.ts";
import { ClientGone, Exchange, readBody } from "./exchange.ts";
import { Journal } from "./journal.ts";
import { play, refuse } from "./play.ts";
import { probeAnswer } from "./probes.ts";
import { ScenarioError, ScenarioPlayer } from "./read-scenario.ts";
import type { JournalEntry } from "./scenario.ts";

export type Simulator = {
  /** Without a slash at its end. */
  url: string;
  journal(): JournalEntry[];
  inFlight(): number;
  maxInFlight(): number;
  /** A vendor refuses every prompt, whatever its scenario, from the next one on for so long. */
  refuse(outage: { vendor: JournalEntry["vendor"]; status: number; ms: number }): void;
  /** Forgets the journal, the played lists, the agent tasks and outages. */
  reset(): void;
  /** Closes the server and every connection still open. */
  stop(): Promise<void>;
};

const PATHS = ["/v1", "/v1beta", "/agents", "/repos", "/user", "/__simulator"];

/** Who calls lets go of an idle connection first (workerd after 5 s), else a call could meet its end, and fail. */
const KEPT_MS = 60_000;

/**
 * Starts the simulated vendors on one loopback server. `port` 0 (the default) takes a free one; `fast` answers prompts
 * without a scenario at once instead of in a natural pace. A key with `invalid` in it is refused like a wrong one.
 *
 * The server is aimock's: it listens, routes, numbers requests, and answers by itself what none of our mounts takes
 * (embeddings, images, other vendors' paths). Prompts, plain ones too, are answered by our dialects, because aimock 1.43
 * reports neither cached, cache-written nor thinking tokens in the Anthropic, Responses and Gemini formats, breaks no stream
 * by the vendor's own error event, and does not journal that a client left.
 */
export async function startSimulator(options: { port?: number; host?: string; fast?: boolean } = {}): Promise<Simulator> {
  const vendors = new Vendors(options.fast ?? false);
  const at = { port: options.port ?? 0, host: options.host ?? "127.0.0.1", journalMaxEntries: 100 };
  const { server, url } = await createServer(
    [],
    at,
    PATHS.map((path) => ({ path, handler: vendors })),
  );
  server.keepAliveTimeout = KEPT_MS;
  return {
    url,
    journal: () => vendors.journal.entries(),
    inFlight: () => vendors.journal.stats().in_flight,
    maxInFlight: () => vendors.journal.stats().max_in_flight,
    refuse: ({ vendor, status, ms }) => vendors.outages.set(vendor, { status, ms, until: null }),
    reset: () => vendors.reset(),
    async stop() {
      const stopped = new Promise((resolve) => server.close(resolve));
      vendors.dropConnections();
      await stopped;
    },
  };
}

const GITHUB_PATH = /^\/agents\/repos\/([^/]+\/[^/]+)\/tasks(?:\/([^/]+))?$/;
const PULLS_PATH = /^\/repos\/([^/]+\/[^/]+)\/pulls$/;

class Vendors implements Mountable {
  readonly journal = new Journal();
  readonly outages = new Map<JournalEntry["vendor"], Outage>();
  readonly #fast: boolean;
  readonly #player = new ScenarioPlayer();
  readonly #agentTasks = new AgentTasks();
  readonly #connections = new Set<IncomingMessage["socket"]>();
  #id = 0;

  constructor(fast: boolean) {
    this.#fast = fast;
  }

  reset(): void {
    this.journal.reset();
    this.outages.clear();
    this.#player.reset();
    this.#agentTasks.reset();
  }

  dropConnections(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** False leaves the request to aimock. */
  async handleRequest(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    this.#remember(request.socket);
    const url = new URL(request.url ?? "/", "http://simulator");
    if (url.pathname.startsWith("/__simulator/")) return this.#control(request, response, url);
    try {
      if (request.method === "GET") return this.#read(new Exchange(request, response, this.journal), url);
      if (request.method !== "POST") return false;
      const dialect = dialectOf(url.pathname);
      if (dialect !== undefined) await this.#prompt(dialect, request, response, url.pathname);
      else if (GITHUB_PATH.test(url.pathname)) await this.#createTask(request, response, url.pathname);
      else return false;
    } catch (error) {
      if (!(error instanceof ClientGone)) throw error;
    }
    return true;
  }

  async #prompt(dialect: Dialect, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const text = await readBody(request);
    const body = parsed(text);
    const asked = dialect.read(body, path);
    const { model, prompt } = asked;
    const entry = this.journal.arrive({ vendor: dialect.vendor, ...facts(request, path), model, prompt, body }, text.length);
    const exchange = new Exchange(request, response, this.journal, entry);
    const id = `sim${String(++this.#id).padStart(8, "0")}`;
    if (hasInvalidKey(request)) return refuse(exchange, dialect, id, { status: 401 });
    const outage = this.outages.get(dialect.vendor);
    if (outage !== undefined && isOut(outage)) return refuse(exchange, dialect, id, { status: outage.status });
    try {
      const scenario = this.#player.next(prompt, asked.system);
      await play(exchange, dialect, { asked, body, id, scenario, fast: this.#fast });
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      refuse(exchange, dialect, id, { status: 400, message: error.message });
    }
  }

  async #createTask(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const text = await readBody(request);
    const body = parsed(text);
    const prompt = asText(body.prompt);
    const facts_ = { vendor: "github" as const, ...facts(request, path), model: asText(body.model), prompt, body };
    const exchange = new Exchange(request, response, this.journal, this.journal.arrive(facts_, text.length));
    if (hasInvalidKey(request)) return refuseLikeGitHub(exchange, 401);
    try {
      const repository = GITHUB_PATH.exec(path)?.[1] ?? "";
      await this.#agentTasks.create(exchange, repository, body, this.#player.next(prompt));
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      refuseLikeGitHub(exchange, 400, { message: error.message });
    }
  }

  #read(exchange: Exchange, { pathname, searchParams }: URL): boolean {
    const [, repository, id] = GITHUB_PATH.exec(pathname) ?? [];
    const [, pullsOf] = PULLS_PATH.exec(pathname) ?? [];
    const probe = probeAnswer(pathname, exchange.request);
    const isTaskList = repository !== undefined || pathname === "/agents/tasks";
    if (!isTaskList && pullsOf === undefined && probe === undefined) return false;
    if (hasInvalidKey(exchange.request)) this.#refuseProbe(exchange, pathname);
    else if (probe !== undefined) exchange.json(200, probe);
    else if (pullsOf !== undefined) this.#agentTasks.pulls(exchange, pullsOf, searchParams);
    else if (id === undefined) this.#agentTasks.list(exchange, repository, searchParams);
    else this.#agentTasks.poll(exchange, id);
    return true;
  }

  #refuseProbe(exchange: Exchange, path: string): void {
    const anthropicAsked = exchange.request.headers["anthropic-version"] !== undefined;
    if (path.startsWith("/v1beta/")) refuse(exchange, google, "probe", { status: 401 });
    else if (path.startsWith("/v1/")) refuse(exchange, anthropicAsked ? anthropic : openaiResponses, "probe", { status: 401 });
    else refuseLikeGitHub(exchange, 401);
  }

  #control(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    const exchange = new Exchange(request, response, this.journal);
    const command = `${request.method} ${url.pathname.slice("/__simulator/".length)}`;
    if (command === "GET journal") exchange.json(200, this.journal.entries(Number(url.searchParams.get("after") ?? 0)));
    else if (command === "GET stats") exchange.json(200, this.journal.stats());
    else if (command === "POST reset") {
      this.reset();
      exchange.json(200, this.journal.stats());
    } else exchange.json(404, { error: "GET journal, GET stats or POST reset" });
    return true;
  }

  #remember(connection: IncomingMessage["socket"]): void {
    if (this.#connections.has(connection)) return;
    this.#connections.add(connection);
    connection.once("close", () => this.#connections.delete(connection));
  }
}

type Outage = { status: number; ms: number; until: number | null };

function isOut(outage: Outage): boolean {
  outage.until ??= Date.now() + outage.ms;
  return Date.now() < outage.until;
}

function dialectOf(path: string): Dialect | undefined {
  if (path === "/v1/messages") return anthropic;
  if (path === "/v1/responses") return openaiResponses;
  if (path === "/v1/chat/completions") return openaiChat;
  return /^\/v1beta\/models\/[^/]+:(streamGenerateContent|generateContent)$/.test(path) ? google : undefined;
}

function facts(request: IncomingMessage, path: string): Pick<JournalEntry, "method" | "path" | "headers"> {
  const headers: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  return { method: request.method ?? "", path, headers };
}

function hasInvalidKey({ headers }: IncomingMessage): boolean {
  return [headers.authorization, headers["x-api-key"], headers["x-goog-api-key"]].some(
    (key) => key?.includes("invalid") === true,
  );
}

function parsed(text: string): Json {
  try {
    const json: unknown = JSON.parse(text);
    return isJson(json) ? json : {};
  } catch {
    return {};
  }
}
