import { McpServer, type ServerContext, type StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import type { Transport } from "../client/transport.ts";
import type { Arguments } from "./api-call.ts";
import type { ApiOperation, JsonSchema } from "./api-document.ts";
import type { Progress } from "./follow-progress.ts";
import { listOutputs, readOutput } from "./output-resources.ts";
import { OUTPUT_TEMPLATE } from "./output-uri.ts";
import { runTool } from "./run-tool.ts";
import { inputSchema, outputSchema } from "./tool-schema.ts";
import { TOOLS, type ToolDeclaration } from "./tools.ts";

const INSTRUCTIONS =
  "depute delegates prompts to other language models (Claude, Gemini, Codex, Copilot, OpenAI-compatible endpoints) and keeps every attempt, token and cent. To delegate: call delegate (or delegate_batch, run_flow), which returns at once with an id, then wait_for_delegation (wait_for_batch, wait_for_flow) until the status is completed, failed or cancelled. Work goes on when you stop waiting, and costs money until it ends or is cancelled. Long answers are cut in results; the resource depute://delegations/{task_id}/output has them whole.";

/** A tool with the schemas that it is listed with. */
export type Tool = ToolDeclaration & {
  of: ApiOperation;
  takes: StandardSchemaWithJSON<Arguments>;
  gives: StandardSchemaWithJSON<object>;
};

/** The tools over the operations of the API. Throws when one of their operations is missing. */
export function toolsOver(operations: ReadonlyMap<string, ApiOperation>): Tool[] {
  return TOOLS.map((tool) => {
    const of = operations.get(tool.operation);
    if (of === undefined) throw new Error(`The API has no operation ${tool.operation}`);
    return { ...tool, of, takes: listed(inputSchema(of, tool.input)), gives: listed(outputSchema(of.answer, tool.output)) };
  });
}

/** One request: what calls the API for it, its name in the log, and the version of what serves it. */
export type McpRequest = { transport: Transport; requestId: string; version: string };

/** A server for one request. */
export function mcpServer(tools: readonly Tool[], { version, ...request }: McpRequest): McpServer {
  const capabilities = { tools: { listChanged: false }, resources: { listChanged: false } };
  const server = new McpServer({ name: "depute", title: "depute", version }, { capabilities, instructions: INSTRUCTIONS });
  for (const tool of tools) {
    const { name, title, description, annotations, takes, gives, of: operation } = tool;
    const config = { title, description, annotations: { title, ...annotations }, inputSchema: takes, outputSchema: gives };
    server.registerTool(name, config, (given, context) =>
      runTool({ ...request, tool, operation, given, signal: context.mcpReq.signal, report: reportTo(context) }),
    );
  }
  addResources(server, request);
  return server;
}

function addResources({ server }: McpServer, request: Omit<McpRequest, "version">): void {
  const template = {
    name: "output",
    title: "The output of a delegation",
    uriTemplate: OUTPUT_TEMPLATE,
    description: "What a completed delegation answered, whole: text, or JSON when that was asked for.",
  };
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: [template] }));
  server.setRequestHandler("resources/list", ({ params }, { mcpReq: { signal } }) =>
    listOutputs(params?.cursor, { ...request, signal }),
  );
  server.setRequestHandler("resources/read", ({ params }, { mcpReq: { signal } }) =>
    readOutput(params.uri, { ...request, signal }),
  );
}

function reportTo({ mcpReq }: ServerContext): ((progress: Progress) => Promise<void>) | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return ({ progress, message }) =>
    mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, message } });
}

/** A schema that is told and takes everything: the API validates, and says what is wrong in its own words. */
const listed = <T>(schema: JsonSchema): StandardSchemaWithJSON<T> => {
  const validate = (value: unknown) => ({ value: value as T });
  const jsonSchema = { input: () => ({ ...schema }), output: () => ({ ...schema }) };
  return { "~standard": { version: 1, vendor: "depute", validate, jsonSchema } };
};
