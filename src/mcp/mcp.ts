import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Hono } from "hono";
import { Transport } from "../client/transport.ts";
import { configOf } from "../config.ts";
import { LIMITS } from "../delegations/delegation.ts";
import { type FetchApi, inProcess, passedOn } from "../lib/in-process.ts";
import { describeError, log } from "../lib/log.ts";
import { type ApiDocument, operationsOf } from "./api-document.ts";
import { checkOrigin } from "./check-origin.ts";
import { mcpServer, type Tool, toolsOver } from "./mcp-server.ts";
import { readMessage } from "./read-message.ts";

type McpEnv = { Bindings: object; Variables: { requestId: string } };

/** Every key may ask who it is. */
const WHOAMI = "/v1/whoami";
const QUOTA_FIELDS = ["RateLimit", "RateLimit-Policy"];

/**
 * Adds `/mcp` to the API: a stateless MCP server that is a client of that API in process, with the caller's own key. A request
 * to it counts as one against the limit of the key, and each call of the API that a tool makes as another.
 */
export function addMcp<Env extends McpEnv>(app: Hono<Env>): void {
  let known: { tools: Tool[]; version: string } | undefined;
  // Hono's type of an application is that of its environment exactly; less of it is known here.
  const hono = app as unknown as Hono<McpEnv>;
  hono.all("/mcp", async (context) => {
    const request = context.req.raw;
    checkOrigin(request.url, request.headers.get("origin"), configOf(context.env).corsOrigins);
    const api: FetchApi = (call) => hono.fetch(call, context.env, context.executionCtx);
    const requestId = context.get("requestId");
    const fetchApi = inProcess(api, passedOn(requestId, request));
    const { origin } = new URL(request.url);
    const checked = await fetchApi(`${origin}${WHOAMI}`, { headers: authorizationOf(request) });
    if (!checked.ok) return checked;
    known ??= await toolsOf(fetchApi, origin);
    const { tools, version } = known;
    const transport = new Transport({ baseUrl: origin, apiKey: keyOf(request), fetch: fetchApi, maxRetries: 0 });
    const handler = createMcpHandler(() => mcpServer(tools, { transport, requestId, version }), {
      maxRequestBodySize: LIMITS.body,
      onerror: (error) => log.info({ request_id: requestId, cause: describeError(error) }, "an MCP request was refused"),
    });
    return withQuota(await handler.fetch(await readMessage(request)), checked);
  });
}

/** The answer, and what the door said is left of the key's limit. */
function withQuota({ body, status, headers }: Response, checked: Response): Response {
  const told = new Headers(headers);
  for (const name of QUOTA_FIELDS) {
    const value = checked.headers.get(name);
    if (value !== null) told.set(name, value);
  }
  return new Response(body, { status, headers: told });
}

async function toolsOf(fetchApi: ReturnType<typeof inProcess>, origin: string): Promise<{ tools: Tool[]; version: string }> {
  const response = await fetchApi(`${origin}/openapi.json`, {});
  const document = (await response.json()) as ApiDocument & { info: { version: string } };
  return { tools: toolsOver(operationsOf(document)), version: document.info.version };
}

const authorizationOf = ({ headers }: Request): { authorization?: string } => {
  const authorization = headers.get("authorization");
  return authorization === null ? {} : { authorization };
};

/** The door has let it in: it is there. */
const keyOf = ({ headers }: Request): string => (headers.get("authorization") ?? "").replace(/^bearer +/i, "").trim();
