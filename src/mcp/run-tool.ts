import type { CallToolResult } from "@modelcontextprotocol/server";
import type { ApiCall, Transport } from "../client/transport.ts";
import { type Arguments, apiCall } from "./api-call.ts";
import type { ApiOperation } from "./api-document.ts";
import { followProgress, type Progress } from "./follow-progress.ts";
import { refusalOf } from "./refusal.ts";
import { toolError } from "./tool-error.ts";
import type { Awaited, ToolDeclaration } from "./tools.ts";
import { waitIn } from "./wait-seconds.ts";

export type ToolRun = {
  tool: ToolDeclaration;
  operation: ApiOperation;
  given: Arguments;
  transport: Transport;
  signal: AbortSignal;
  requestId: string;
  /** Undefined when nobody asked to be told. */
  report: ((progress: Progress) => Promise<void>) | undefined;
};

/** Carries a tool out. What is refused, or fails, becomes a result that says so. Throws the signal's reason. */
export async function runTool(run: ToolRun): Promise<CallToolResult> {
  const { tool, operation, given, transport, signal } = run;
  try {
    if (tool.awaits !== undefined) return tool.result((await ended(run, tool.awaits)) as never);
    const call = { ...apiCall(operation, { ...tool.defaults, ...given }), signal };
    return tool.result((await transport.json(call)) as never);
  } catch (error) {
    signal.throwIfAborted();
    return toolError(refusalOf(error, run.requestId));
  }
}

type State = { status: string };
const RUNNING: readonly string[] = ["pending", "in-progress"];

/** How it is when it has ended, when only a person can go on with it, or when the time is over. */
async function ended({ operation, given, transport, signal, report }: ToolRun, kind: Awaited): Promise<State> {
  const { seconds, others } = waitIn(given);
  const call: ApiCall = { ...apiCall(operation, others), signal };
  const state = await transport.json<State>(call);
  if (seconds === 0 || !RUNNING.includes(state.status)) return state;
  const overdue = AbortSignal.timeout(seconds * 1_000);
  const until = AbortSignal.any([signal, overdue]);
  try {
    await followProgress(transport, { kind, path: call.path, signal: until, report: report ?? (async () => undefined) });
  } catch (error) {
    signal.throwIfAborted();
    if (!overdue.aborted) throw error;
  }
  return transport.json<State>(call);
}
