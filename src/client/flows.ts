import type { Flow, FlowStatus, FlowSummary } from "../flows/flow.ts";
import type { FlowEvent } from "../flows/flow-event.ts";
import type { FlowBody, PatternName } from "../flows/patterns.ts";
import {
  ask,
  type CallOptions,
  type CreatedSpan,
  each,
  find,
  type Page,
  type PageOptions,
  page,
  pathOf,
  whenEnded,
} from "./ask.ts";
import { type Camel, camel, type Input, snake } from "./camel-case.ts";
import { type FollowOptions, followLog } from "./follow-log.ts";
import type { Transport } from "./transport.ts";

/** The body of `POST /v1/flows` in camelCase: what `pattern` says is asked for. */
export type FlowInput = Input<FlowBody>;
/** A flow with its output and steps. Costs are US dollars, null when not known. */
export type FlowRecord = Camel<Flow>;
/** A flow as the list has it: no texts, no steps. */
export type FlowRow = Camel<FlowSummary>;

export type FlowFilter = CreatedSpan & { status?: FlowStatus | readonly FlowStatus[]; pattern?: PatternName };

/** Patterns of several delegations that the server runs: they outlive the caller, and every crash. */
export const flows = (transport: Transport) => ({
  /** Starts a flow and does not wait. Everybody who may be asked is checked before anything starts. */
  start: (input: FlowInput, options: CallOptions = {}): Promise<FlowRecord> =>
    ask<Flow>(transport, { method: "POST", path: "/v1/flows", body: snake(input), again: "by key", ...options }),
  /** The flow as it is now; null when there is none of this id. */
  get: (flowId: string, options: CallOptions = {}): Promise<FlowRecord | null> =>
    find<Flow>(transport, pathOf("flows", flowId), options),
  /** The flow once it is completed, failed or cancelled. */
  waitFor: async (flowId: string, options: CallOptions = {}): Promise<FlowRecord> => {
    const isEnded = ({ status }: Flow) => status !== "in-progress";
    return camel(await whenEnded(transport, pathOf("flows", flowId), isEnded, options));
  },
  /** Each step as it starts and ends, live, to the end of the flow, as the API sends it. */
  events: (flowId: string, options: FollowOptions = {}): AsyncGenerator<FlowEvent> =>
    followLog<FlowEvent>(transport, pathOf("flows", flowId, "events"), ["flow.completed"], options),
  /** Those that fit, newest first. */
  list: (filter: FlowFilter = {}, options: CallOptions = {}): AsyncGenerator<FlowRow> =>
    each<FlowSummary>(transport, "/v1/flows", filter, options),
  /** One page of the same. */
  page: (filter: FlowFilter = {}, options: PageOptions = {}): Promise<Page<FlowRow>> =>
    page<FlowSummary>(transport, "/v1/flows", filter, options),
  /** Cancels a flow and what runs of it. */
  cancel: (flowId: string, options: CallOptions = {}): Promise<FlowRecord> =>
    ask<Flow>(transport, { method: "POST", path: pathOf("flows", flowId, "cancel"), again: "freely", ...options }),
});
