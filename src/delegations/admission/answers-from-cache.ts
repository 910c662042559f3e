import { createDatabase, type DatabaseBinding } from "../../db/client.ts";
import { reusableAnswers, type WantedAnswer } from "../../db/reusable-answers.ts";
import { describeError, log } from "../../lib/log.ts";
import type { CachedAnswer, DelegationProtocol, DelegationSpec } from "../delegation-rpc.ts";
import { cacheKey, isCacheable } from "./cache-key.ts";

/** What a lookup reaches: the list, and the objects that have the whole answers. */
export type CacheBindings = { DB: DatabaseBinding; DELEGATIONS: { getByName(name: string): object } };

/** Tasks by their ids, and the answer of each that need not run. */
export type AnswersFromCache = ReadonlyMap<string, CachedAnswer>;

/**
 * The answers that the cache has for those of the specs (of one workspace) that ask for `cache`: whoever starts tasks gives
 * each its answer, `start(spec, answers.get(spec.task_id))`, before it reserves money for it. For specs that do not ask nothing
 * is read. One query for all that ask, then the sources' own objects. Never throws: an answer that cannot be had (its source was
 * deleted meanwhile, the list does not answer) is none, and the task runs. Two equal tasks at once both run.
 */
export async function answersFromCache(
  specs: readonly DelegationSpec[],
  env: CacheBindings,
  now: number,
): Promise<AnswersFromCache> {
  const asking = specs.filter((spec) => spec.input.cache !== undefined && isCacheable(spec));
  const [first] = asking;
  if (first === undefined) return new Map();
  const { workspace } = first;
  const wanted = await Promise.all(asking.map((spec) => wantedBy(spec, now)));
  const found = (await orNone(workspace, reusableAnswers(createDatabase(env.DB), workspace, wanted))) ?? [];
  const sources = [...new Set(found.map(({ source }) => source))];
  const answers = await Promise.all(sources.map((source) => orNone(workspace, answerOf(workspace, source, env))));
  const bySource = new Map(sources.map((source, index) => [source, answers[index]]));
  return new Map(
    found.flatMap(({ task_id, source }) => {
      const answer = bySource.get(source);
      return answer === undefined ? [] : [[task_id, answer]];
    }),
  );
}

const wantedBy = async (spec: DelegationSpec, now: number): Promise<WantedAnswer> => ({
  task_id: spec.task_id,
  cache_key: await cacheKey(spec),
  since: now - (spec.input.cache?.max_age ?? 0) * 1_000,
});

async function orNone<T>(workspace: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (cause) {
    log.error({ workspace, cause: describeError(cause) }, "the cache could not be asked");
    return undefined;
  }
}

/** The list has previews only. */
async function answerOf(workspace: string, taskId: string, env: CacheBindings): Promise<CachedAnswer | undefined> {
  const object = env.DELEGATIONS.getByName(`${workspace}/${taskId}`) as DelegationProtocol;
  const outcome = await object.read(0);
  if (outcome.kind !== "found" || outcome.delegation.output === null) return undefined;
  const { output, model } = outcome.delegation;
  return { task_id: taskId, model, output };
}
