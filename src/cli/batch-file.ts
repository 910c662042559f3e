import { createHash } from "node:crypto";
import { UsageError } from "./usage-error.ts";

/** The tasks of a JSONL file, one a line; a line that is a text is a prompt. `path` is for errors. Throws UsageError. */
export function tasksOf(text: string, path: string): object[] {
  const tasks = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [taskOf(line, `${path}:${index + 1}`)]));
  if (tasks.length === 0) throw new UsageError(`${path} has no tasks.`);
  return tasks;
}

/** The id of what is asked for: the same tasks with the same defaults have the same. */
export function derivedBatchId(tasks: readonly object[], defaults: object): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([tasks, defaults]))
    .digest("hex");
  return `file-${hash.slice(0, 24)}`;
}

function taskOf(line: string, place: string): object {
  let task: unknown;
  try {
    task = JSON.parse(line);
  } catch {
    throw new UsageError(`${place} is not JSON.`);
  }
  if (typeof task === "string") return { prompt: task };
  if (typeof task !== "object" || task === null || Array.isArray(task)) throw new UsageError(`${place} is no object.`);
  return task;
}
