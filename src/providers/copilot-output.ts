import { z } from "zod";
import { type CopilotTask, workOf } from "./copilot-tasks.ts";
import type { Repository } from "./provider.ts";

const BODY_CHARS = 20_000;

const PullRequest = z.object({
  html_url: z.string(),
  title: z.string().catch(""),
  body: z.string().nullish().catch(null),
});
export type PullRequest = z.infer<typeof PullRequest>;
export const PullRequestList = z.array(PullRequest);

/**
 * The output of a task: what the agent says it did (the pull request's title and text, else the task's name), then the
 * addresses of the pull request, the branch and the task. The API itself has no answer text.
 */
export function copilotOutput(task: CopilotTask, repository: Repository, pull: PullRequest | undefined): string {
  const site = `https://github.com/${repository.owner}/${repository.name}`;
  const work = workOf(task);
  const pullUrl = pull?.html_url ?? pullUrlOf(task, site);
  const told = pull === undefined ? task.name : [pull.title, pull.body?.trim()].filter(Boolean).join("\n\n");
  const addresses = [
    pullUrl === undefined ? undefined : `Pull request: ${pullUrl}`,
    work === undefined ? undefined : `Branch: ${site}/tree/${work.head}${work.base === undefined ? "" : ` (from ${work.base})`}`,
    task.html_url === undefined ? undefined : `Task: ${task.html_url}`,
  ];
  const where = addresses.filter((line) => line !== undefined).join("\n");
  return [told?.slice(0, BODY_CHARS), where].filter((part) => part !== undefined && part !== "").join("\n\n");
}

function pullUrlOf(task: CopilotTask, site: string): string | undefined {
  const pull = task.artifacts.find((artifact) => artifact.type === "pull")?.data;
  return pull?.html_url ?? (pull?.number === undefined ? undefined : `${site}/pull/${pull.number}`);
}
