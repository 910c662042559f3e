import type { CallToolResult, ToolAnnotations } from "@modelcontextprotocol/server";
import type { JsonSchema } from "./api-document.ts";
import { DELEGATION_OUTPUT, delegationResult } from "./delegation-result.ts";
import { BATCH_OUTPUT, batchResult, FLOW_OUTPUT, flowResult } from "./group-results.ts";
import { COSTS_OUTPUT, costsResult, listResult, selectionResult } from "./report-results.ts";
import { WAIT } from "./wait-seconds.ts";

type Added = { readonly [name: string]: JsonSchema };

/** What a waiting tool waits for: what its operation reads has a log of events at `/events`. */
export type Awaited = "delegation" | "batch" | "flow";

/** One tool: an operation of the API under a name and in words that tell a model when to use it. */
export type ToolDeclaration = {
  name: string;
  title: string;
  description: string;
  /** The id of the operation that takes its arguments and gives its result. */
  operation: string;
  annotations: ToolAnnotations;
  /** Parameters of the operation that the tool does not offer, and arguments that are its own. */
  input?: { omitted?: readonly string[]; own?: Added };
  output?: { omitted?: readonly string[]; added?: Added };
  /** What is sent where the caller says nothing. */
  defaults?: { readonly [name: string]: unknown };
  /** Present: the tool waits for an end, at most `wait` seconds. */
  awaits?: Awaited;
  /** The answer of the operation as a result. It takes the type that the operation's schema gives. */
  result: (answer: never) => CallToolResult;
};

const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
const SPENDS: ToolAnnotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
const LIST_LIMIT = 20;

const DELEGATING: readonly ToolDeclaration[] = [
  {
    name: "delegate",
    title: "Delegate a prompt",
    description:
      "Hands one prompt to another language model (claude, gemini, codex, copilot or a compatible endpoint), which works on it in the background. Returns at once with a task_id, not with the answer: call wait_for_delegation next. It costs money at the vendor: set max_cost (US dollars) to cap it, or ask select_model for an estimate first. The model sees the prompt and nothing else of this conversation: put in all that it needs. Name a provider, a model or an agent; for several independent prompts use delegate_batch, for a second opinion of several models run_flow. With a task_id of your own the same call again is the same task and is not paid twice. output_schema gets you JSON of that schema in output_data; fallbacks `auto` goes on elsewhere when the vendor fails.",
    operation: "createDelegation",
    annotations: SPENDS,
    output: DELEGATION_OUTPUT,
    result: delegationResult,
  },
  {
    name: "delegate_batch",
    title: "Delegate many prompts",
    description:
      "Hands up to 1,000 independent prompts to language models at once; all are checked before any is started, and one that fails touches no other. Returns at once with a batch_id: call wait_for_batch next. Each task costs as one delegate does. `defaults` holds what all tasks have in common.",
    operation: "createBatch",
    annotations: SPENDS,
    output: BATCH_OUTPUT,
    result: batchResult,
  },
  {
    name: "run_flow",
    title: "Run a flow of several models",
    description:
      "Starts a pattern of several model calls that depend on each other. `chain`: steps, each told what the one before said. `consensus`: a panel answers in parallel, a judge puts the answers together and says who dissents. `improve`: an author drafts, a reviewer criticises, for some cycles. `decompose`: a planner splits the work, parts run in parallel, one puts them together. Returns at once with a flow_id: call wait_for_flow next. It costs several delegations: max_cost (US dollars) caps all steps together. For one prompt to one model use delegate.",
    operation: "createFlow",
    annotations: SPENDS,
    output: FLOW_OUTPUT,
    result: flowResult,
  },
  {
    name: "cancel_delegation",
    title: "Cancel a delegation",
    description:
      "Stops a delegation that has not ended, and the vendor's work on it; what was spent so far is spent. Cancelling it again changes nothing; one that ended otherwise is a conflict.",
    operation: "cancelDelegation",
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    output: DELEGATION_OUTPUT,
    result: delegationResult,
  },
];

const WAITING: readonly ToolDeclaration[] = [
  {
    name: "wait_for_delegation",
    title: "Wait for a delegation",
    description:
      "Waits until a delegation is completed, failed or cancelled, then returns its answer, cost and tokens. Returns after `wait` seconds at the latest, also when it still runs: then call it again with the same task_id. Tells its progress meanwhile. Free. Do not poll get_delegation instead.",
    operation: "getDelegation",
    annotations: READS,
    input: { own: { wait: WAIT } },
    output: DELEGATION_OUTPUT,
    awaits: "delegation",
    result: delegationResult,
  },
  {
    name: "wait_for_batch",
    title: "Wait for a batch",
    description:
      "Waits until every task of a batch has ended, then returns their results. Returns after `wait` seconds at the latest, with what there is: then call it again with the same batch_id. `wait` 0 tells how it stands now. Free.",
    operation: "getBatch",
    annotations: READS,
    input: { own: { wait: WAIT } },
    output: BATCH_OUTPUT,
    awaits: "batch",
    result: batchResult,
  },
  {
    name: "wait_for_flow",
    title: "Wait for a flow",
    description:
      "Waits until a flow is completed, failed or cancelled, then returns its answer and steps. Returns after `wait` seconds at the latest, also when it still runs: then call it again with the same flow_id. `wait` 0 tells how it stands now. Free.",
    operation: "getFlow",
    annotations: READS,
    input: { own: { wait: WAIT } },
    output: FLOW_OUTPUT,
    awaits: "flow",
    result: flowResult,
  },
];

const READING: readonly ToolDeclaration[] = [
  {
    name: "get_delegation",
    title: "Read a delegation",
    description:
      "Reads one delegation as it is now: status, answer, cost, tokens, every attempt, warnings. Free, and at once. To have the answer of one that still runs, call wait_for_delegation.",
    operation: "getDelegation",
    annotations: READS,
    input: { omitted: ["wait"] },
    output: DELEGATION_OUTPUT,
    result: delegationResult,
  },
  {
    name: "list_delegations",
    title: "List delegations",
    description:
      "Finds delegations of this workspace, newest first: by status, agent, provider, model, task type, batch, flow, time, cost or property, or by words of prompt and answer (q). Rows have short previews; get_delegation reads one in full. Free.",
    operation: "listDelegations",
    annotations: READS,
    input: {
      own: {
        limit: { type: "integer", minimum: 1, maximum: 200, description: `How many at most; ${LIST_LIMIT} unless given.` },
        property: {
          type: "object",
          additionalProperties: { type: ["string", "number", "boolean"] },
          description: "Only those with these properties. At most 10.",
        },
      },
    },
    defaults: { limit: LIST_LIMIT },
    result: listResult,
  },
  {
    name: "select_model",
    title: "Choose a model",
    description:
      "Says which model suits a kind of work, why, and about what a call costs, among the providers that are configured here. Nothing is spent. Give the result's model and fallbacks to delegate; a delegation with model `auto` chooses the same way by itself.",
    operation: "selectModel",
    annotations: READS,
    result: selectionResult,
  },
  {
    name: "get_costs",
    title: "Report costs",
    description:
      "Says what was spent in this workspace, in US dollars, in total and by group_by (model, provider, agent, task_type, key, day, batch, flow; several with commas), of the delegations that fit the filters. Free.",
    operation: "getCosts",
    annotations: READS,
    input: {
      own: {
        property: {
          type: "object",
          additionalProperties: { type: ["string", "number", "boolean"] },
          description: "Only those with these properties. At most 10.",
        },
      },
    },
    output: COSTS_OUTPUT,
    result: costsResult,
  },
];

/** Every tool, in the order in which they are listed. */
export const TOOLS: readonly ToolDeclaration[] = [...DELEGATING, ...WAITING, ...READING];
