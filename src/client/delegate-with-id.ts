import type { CallOptions } from "./ask.ts";
import type { DelegateInput } from "./delegation-record.ts";
import type { Delegations } from "./delegations.ts";

/** A delegation under an id of the caller's own: as an object with whatever else it takes, or in three words. */
export type DelegateWithId = {
  (input: DelegateInput & { taskId: string }, options?: CallOptions): Promise<string>;
  (prompt: string, agent: string, taskId: string, options?: CallOptions): Promise<string>;
};

type Words = [prompt: string, agent: string, taskId: string, options?: CallOptions | undefined];
type Whole = [input: DelegateInput & { taskId: string }, options?: CallOptions | undefined];

/**
 * Delegates and gives the id. The same again is the same task; another task of this id throws DeputeError `conflict`.
 */
export function delegateWithId(delegations: Delegations): DelegateWithId {
  return async (...given: Words | Whole) => {
    const [input, options] = isWords(given) ? wholeOf(given) : given;
    const { taskId } = await delegations.create(input, options);
    return taskId;
  };
}

const isWords = (given: Words | Whole): given is Words => typeof given[0] === "string";
const wholeOf = ([prompt, agent, taskId, options]: Words): Whole => [{ prompt, agent, taskId }, options];
