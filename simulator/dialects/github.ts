import { randomUUID } from "node:crypto";
import type { Exchange } from "../exchange.ts";
import type { Scenario } from "../scenario.ts";
import { asText, type Json } from "./dialect.ts";

const TASKS_KEPT = 5_000;
const NANO_CREDITS = 1_250_000_000;

type Task = {
  id: string;
  number: number;
  repository: string;
  prompt: string;
  model: string;
  pullRequest: boolean;
  baseRef: string;
  scenario: Scenario;
  polls: number;
  createdAt: string;
};

/**
 * GitHub's agent tasks (REST API version 2026-03-10, public preview): paths, states and bodies as
 * `@octokit/openapi-types` 29.0.1 gives them for `agent-tasks/*`. A list does not carry prompts; the sessions of one task do.
 */
export class AgentTasks {
  readonly #tasks = new Map<string, Task>();
  #number = 0;

  reset(): void {
    this.#tasks.clear();
  }

  /** POST …/tasks: stores the task first, so that an interrupted answer leaves it behind, as it would at GitHub. */
  async create(exchange: Exchange, repository: string, body: Json, scenario: Scenario | undefined): Promise<void> {
    await exchange.pause(scenario?.headers_ms);
    const { fault, status, error, retry_after } = scenario ?? {};
    if (fault === undefined && (status !== undefined || error !== undefined)) {
      return refuseLikeGitHub(exchange, status ?? 429, { error, retryAfter: retry_after });
    }
    const task = this.#store(repository, body, scenario ?? {});
    if (fault?.kind === "drop") return exchange.drop();
    if (fault?.kind === "hang") return exchange.waitForClientToLeave();
    if (fault?.kind === "malformed" || fault?.kind === "close") {
      exchange.head(201, { "content-type": "application/json" });
      return exchange.end(fault.kind === "malformed" ? '{"id":"cut' : "", { broken: true });
    }
    exchange.json(201, summary(task), HEADERS);
  }

  /** GET …/tasks of a repository, or of all: newest first, `per_page` (30, at most 100) and `page` as GitHub counts them. */
  list(exchange: Exchange, repository: string | undefined, query: URLSearchParams): void {
    const here = [...this.#tasks.values()].filter((task) => repository === undefined || isOf(task, repository)).reverse();
    const perPage = Math.min(Number(query.get("per_page") ?? 30), 100);
    const start = (Number(query.get("page") ?? 1) - 1) * perPage;
    const tasks = here.slice(start, start + perPage).map(summary);
    exchange.json(200, { tasks, total_active_count: here.length, total_archived_count: 0 }, HEADERS);
  }

  /** GET /repos/{owner}/{repo}/pulls?head={owner}:{branch}: the pull request that a completed task made. */
  pulls(exchange: Exchange, repository: string, query: URLSearchParams): void {
    const head = query.get("head")?.split(":").at(-1);
    const made = [...this.#tasks.values()].filter(
      (task) => isOf(task, repository) && task.pullRequest && stateOf(task) === "completed" && headRef(task) === head,
    );
    exchange.json(200, made.map(pullRequest), HEADERS);
  }

  /** GET …/tasks/{id}: each call is a poll, and brings the task nearer to its end. */
  poll(exchange: Exchange, id: string): void {
    const task = this.#tasks.get(id);
    if (task === undefined) {
      refuseLikeGitHub(exchange, 404);
      return;
    }
    task.polls++;
    const { fault, status, retry_after } = task.scenario;
    if (fault?.kind === "error_event" && task.polls === fault.after + 1) {
      refuseLikeGitHub(exchange, status ?? 502, { retryAfter: retry_after });
    } else {
      exchange.json(200, { ...summary(task), sessions: [session(task)] }, HEADERS);
    }
  }

  #store(repository: string, body: Json, scenario: Scenario): Task {
    const oldest = this.#tasks.keys().next().value;
    if (this.#tasks.size >= TASKS_KEPT && oldest !== undefined) this.#tasks.delete(oldest);
    const task: Task = {
      id: randomUUID(),
      number: ++this.#number,
      repository: repository.toLowerCase(),
      prompt: asText(body.prompt),
      model: scenario.model ?? (asText(body.model) || "claude-sonnet-4.6"),
      pullRequest: body.create_pull_request === true,
      baseRef: asText(body.base_ref) || "main",
      scenario,
      polls: 0,
      createdAt: new Date().toISOString(),
    };
    this.#tasks.set(task.id, task);
    return task;
  }
}

const HEADERS = { "content-type": "application/json; charset=utf-8", "x-github-api-version-selected": "2026-03-10" };

function stateOf(task: Task): string {
  if (task.polls === 0) return "queued";
  return task.polls <= (task.scenario.polls ?? 1) ? "in_progress" : (task.scenario.state ?? "completed");
}

const isOf = (task: Task, repository: string): boolean => task.repository === repository.toLowerCase();
const isOver = (task: Task): boolean => !["queued", "in_progress"].includes(stateOf(task));
const headRef = (task: Task): string => `copilot/task-${task.number}`;

function summary(task: Task): Json {
  const branch = { provider: "github", type: "branch", data: { head_ref: headRef(task), base_ref: task.baseRef } };
  const pull = { provider: "github", type: "pull", data: { id: 1_000 + task.number, global_id: `PR_simulated${task.number}` } };
  return {
    id: task.id,
    url: `https://api.github.com/agents/repos/${task.repository}/tasks/${task.id}`,
    html_url: `https://github.com/${task.repository}/agents/tasks/${task.id}`,
    name: nameOf(task.prompt),
    creator: { id: 1 },
    creator_type: "user",
    owner: { id: 1 },
    repository: { id: 1 },
    state: stateOf(task),
    session_count: 1,
    artifacts: stateOf(task) === "completed" ? [branch, ...(task.pullRequest ? [pull] : [])] : [],
    archived_at: null,
    updated_at: new Date().toISOString(),
    created_at: task.createdAt,
  };
}

/** GitHub bills sessions in AI credits, counted in nano units. */
function session(task: Task): Json {
  const over = isOver(task);
  const failed = ["failed", "timed_out"].includes(stateOf(task));
  return {
    id: `${task.id}-session`,
    name: nameOf(task.prompt),
    user: { id: 1 },
    owner: { id: 1 },
    repository: { id: 1 },
    task_id: task.id,
    state: stateOf(task),
    created_at: task.createdAt,
    updated_at: new Date().toISOString(),
    ...(over ? { completed_at: new Date().toISOString() } : {}),
    prompt: task.prompt,
    head_ref: headRef(task),
    base_ref: task.baseRef,
    model: task.model,
    usage: { type: "ai_credits", amount: task.scenario.nano_credits ?? NANO_CREDITS },
    ...(failed ? { error: { message: task.scenario.text ?? "The agent could not finish the task." } } : {}),
  };
}

const pullRequest = (task: Task): Json => ({
  id: 1_000 + task.number,
  number: task.number,
  state: "open",
  html_url: `https://github.com/${task.repository}/pull/${task.number}`,
  title: nameOf(task.prompt),
  body: task.scenario.text ?? "The change is made and its tests pass.\n\n(Simulated pull request.)",
  head: { ref: headRef(task) },
  base: { ref: task.baseRef },
});

/** GitHub derives a task's name from its prompt. */
function nameOf(prompt: string): string {
  const words = prompt.replace(/^@simulate[^\r\n]*/m, "").replace(/^depute-task:.*$/m, "");
  return words.trim().split("\n", 1).join("").slice(0, 80) || "Task";
}

const MESSAGES: { [status: number]: string } = {
  400: "Problems parsing JSON",
  401: "Bad credentials",
  402: "You have exceeded your premium request allowance.",
  403: "Resource not accessible by personal access token",
  404: "Not Found",
  422: "Validation Failed",
  429: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
  503: "No server is currently available to service your request.",
};

/** GitHub's one error body; a rate limit may also be a 403, told by its headers. */
export function refuseLikeGitHub(
  exchange: Exchange,
  status: number,
  { error, retryAfter, message }: { error?: Scenario["error"]; retryAfter?: number | undefined; message?: string } = {},
): void {
  const spent = error === undefined ? undefined : "You have used all your AI credits for this billing period.";
  const body = {
    message: message ?? spent ?? MESSAGES[status] ?? "Server Error",
    documentation_url: "https://docs.github.com/rest/agent-tasks",
    status: String(status),
  };
  exchange.json(status, body, { ...HEADERS, ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }) });
}
