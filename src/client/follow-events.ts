import type { DelegationEvent } from "../delegations/events.ts";
import { type FollowOptions, followLog } from "./follow-log.ts";
import type { Transport } from "./transport.ts";

/** The events of a delegation from the first to `thread.completed` (or `thread.deleted`), as `followLog` gives them. */
export const followEvents = (transport: Transport, taskId: string, options?: FollowOptions): AsyncGenerator<DelegationEvent> =>
  followLog<DelegationEvent>(
    transport,
    `/v1/delegations/${encodeURIComponent(taskId)}/events`,
    ["thread.completed", "thread.deleted"],
    options,
  );
