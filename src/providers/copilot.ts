import type { z } from "zod";
import type { CopilotAccount } from "../config.ts";
import { copilotOutput, type PullRequest, PullRequestList } from "./copilot-output.ts";
import { CopilotTask, CopilotTaskList, carriesMarker, hasEnded, pollOutcomeOf, workOf } from "./copilot-tasks.ts";
import { callGithub } from "./github-api.ts";
import { type PollingProvider, type PollOutcome, ProviderError, type ProviderRequest, type Repository } from "./provider.ts";
import { type ProbeResult, probeBy } from "./vendor-error.ts";

/** How many of the repository's newest tasks `find` looks through: one call each, and a Worker's calls are limited. */
const NEWEST_TASKS = 40;
/** Details asked for at once; a Worker has six connections. */
const AT_ONCE = 5;

/**
 * GitHub's agent tasks (REST, public preview; a user's token, not an installation's). The prompt ends with the line
 * `depute-task: <taskId>/<attempt>`, by which `find` knows a task again.
 */
export function copilotProvider(account: CopilotAccount): PollingProvider {
  return {
    kind: "polling",
    create: (request, signal) => createTask(account, request, signal),
    find: (request, signal) => findTask(account, request, signal).catch(owed),
    poll: (handle, request, signal) => pollTask(account, handle, request, signal),
  };
}

/** Lists one of the user's tasks: shows that the token is accepted and may see tasks, and costs nothing. */
export function probeCopilot(account: CopilotAccount, signal: AbortSignal): Promise<ProbeResult> {
  return probeBy(() => callGithub(account, { method: "GET", path: "/agents/tasks?per_page=1", signal }));
}

async function createTask(account: CopilotAccount, request: ProviderRequest, signal: AbortSignal): Promise<string> {
  const repository = repositoryOf(account, request);
  const body = {
    prompt: [request.system, request.prompt, markerOf(request)].filter((part) => part !== undefined).join("\n\n"),
    create_pull_request: repository.create_pull_request ?? false,
    ...(request.model === "" ? {} : { model: request.model }),
    ...(repository.base_ref === undefined ? {} : { base_ref: repository.base_ref }),
  };
  const answer = await callGithub(account, { method: "POST", path: tasksPath(repository), body, signal });
  return read(CopilotTask, answer).id;
}

/** The list does not say what a task was asked, each task's own page does: newest first, until the marker is seen. */
async function findTask(account: CopilotAccount, request: ProviderRequest, signal: AbortSignal): Promise<string | undefined> {
  const repository = repositoryOf(account, request);
  const path = `${tasksPath(repository)}?per_page=${NEWEST_TASKS}&sort=created_at&direction=desc`;
  const { tasks } = read(CopilotTaskList, await callGithub(account, { method: "GET", path, signal }));
  const newest = tasks.slice(0, NEWEST_TASKS);
  const marker = markerOf(request);
  for (let start = 0; start < newest.length; start += AT_ONCE) {
    const some = newest.slice(start, start + AT_ONCE);
    const details = await Promise.all(some.map((task) => getVisibleTask(account, repository, task.id, signal)));
    const found = details.find((task) => task !== undefined && carriesMarker(task, marker));
    if (found !== undefined) return found.id;
  }
  return undefined;
}

async function pollTask(
  account: CopilotAccount,
  handle: string,
  request: ProviderRequest,
  signal: AbortSignal,
): Promise<PollOutcome> {
  const repository = repositoryOf(account, request);
  const task = await getTask(account, repository, handle, signal);
  if (!hasEnded(task)) return pollOutcomeOf(task, "");
  const pull = await findPullRequest(account, repository, task, signal);
  return pollOutcomeOf(task, copilotOutput(task, repository, pull));
}

async function getTask(account: CopilotAccount, repository: Repository, id: string, signal: AbortSignal): Promise<CopilotTask> {
  const path = `${tasksPath(repository)}/${encodeURIComponent(id)}`;
  return read(CopilotTask, await callGithub(account, { method: "GET", path, signal }));
}

/** While it is unknown whether an earlier create left a task behind, no failure is `free`: that task would be paid for. */
function owed(error: unknown): never {
  if (!(error instanceof ProviderError)) throw error;
  const { code, message, retryAfterMs, requestId } = error;
  throw new ProviderError(code, message, { retryAfterMs, requestId, cause: error });
}

/** Undefined for a task that was deleted since, or that only its own creator may see. */
async function getVisibleTask(
  account: CopilotAccount,
  repository: Repository,
  id: string,
  signal: AbortSignal,
): Promise<CopilotTask | undefined> {
  try {
    return await getTask(account, repository, id, signal);
  } catch (error) {
    if (error instanceof ProviderError && error.code === "provider_auth") return undefined;
    throw error;
  }
}

/**
 * The pull request of the task's branch. An artifact names a pull request by an id that no address can be made of. The token
 * may lack the right to read pull requests; then the output does without.
 */
async function findPullRequest(
  account: CopilotAccount,
  { owner, name }: Repository,
  task: CopilotTask,
  signal: AbortSignal,
): Promise<PullRequest | undefined> {
  const work = workOf(task);
  if (work === undefined) return undefined;
  const query = new URLSearchParams({ head: `${owner}:${work.head}`, state: "all", per_page: "1" });
  try {
    const answer = await callGithub(account, { method: "GET", path: `/repos/${owner}/${name}/pulls?${query}`, signal });
    return PullRequestList.safeParse(answer).data?.[0];
  } catch (error) {
    if (error instanceof ProviderError && !signal.aborted) return undefined;
    throw error;
  }
}

/** Where the task works: the request's repository, else the account's default. Throws when that is not on the allow-list. */
function repositoryOf(account: CopilotAccount, { repository }: ProviderRequest): Repository {
  const [owner = "", name = ""] = (account.defaultRepository ?? "").split("/");
  const chosen = repository ?? { owner, name };
  const fullName = `${chosen.owner}/${chosen.name}`.toLowerCase();
  if (account.repositories.includes(fullName)) return chosen;
  const message = fullName === "/" ? "No repository is named" : `The repository ${fullName} is not allowed here`;
  throw new ProviderError("provider_invalid_request", message, { free: true });
}

function tasksPath({ owner, name }: Repository): string {
  return `/agents/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/tasks`;
}

function markerOf({ taskId, attempt }: ProviderRequest): string {
  return `depute-task: ${taskId}/${attempt}`;
}

function read<S extends z.ZodType>(schema: S, answer: unknown): z.infer<S> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new ProviderError("provider_upstream", "GitHub answered with something that is not a task");
}
