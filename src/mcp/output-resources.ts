import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
} from "@modelcontextprotocol/server";
import { pathOf } from "../client/ask.ts";
import type { Transport } from "../client/transport.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { outputType, outputUri, taskIdIn } from "./output-uri.ts";
import { refusalOf } from "./refusal.ts";
import { oneLine, preview } from "./shown-text.ts";

const PAGE = 50;

type Row = { task_id: string; completed_at: string | null; prompt_preview: string | null };
type Asked = { transport: Transport; signal: AbortSignal; requestId: string };

/** The answers of this workspace's completed delegations, a page of them, the newest first. */
export async function listOutputs(cursor: string | undefined, { transport, signal, requestId }: Asked) {
  const query = { status: "completed", limit: PAGE, cursor };
  const call = { method: "GET", path: "/v1/delegations", query, signal } as const;
  const page = await told(transport.json<{ data: Row[]; next_cursor: string | null }>(call), requestId);
  const resources = page.data.map(
    ({ task_id, completed_at, prompt_preview }): Resource => ({
      uri: outputUri(task_id),
      name: task_id,
      description: oneLine(preview(prompt_preview)),
      ...(completed_at !== null && { annotations: { lastModified: completed_at } }),
    }),
  );
  return { resources, ...(page.next_cursor !== null && { nextCursor: page.next_cursor }) };
}

/** What one delegation answered, whole. Throws ProtocolError when it has not, or is not there. */
export async function readOutput(uri: string, { transport, signal, requestId }: Asked): Promise<ReadResourceResult> {
  const taskId = taskIdIn(uri);
  if (taskId === undefined) throw new ResourceNotFoundError(uri);
  const path = pathOf("delegations", taskId);
  const delegation = await told(transport.json<Delegation>({ method: "GET", path, signal }), requestId, uri);
  if (delegation.output === null) throw new ResourceNotFoundError(uri, `${taskId} is ${delegation.status} and has no output.`);
  return { contents: [{ uri, mimeType: outputType(delegation), text: delegation.output }] };
}

/** Refusals of the API as this protocol tells them: there is no result here that could say it. */
async function told<T>(asked: Promise<T>, requestId: string, uri?: string): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const { code, message, status = 500 } = refusalOf(error, requestId);
    if (uri !== undefined && (status === 404 || status === 410)) throw new ResourceNotFoundError(uri, message);
    const kind = status >= 500 ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams;
    throw new ProtocolError(kind, `${code}: ${message}`);
  }
}
