import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What the model does in one turn of a conversation: it says something, and may use a tool. */
export type Turn = { says: string; uses?: { tool: string; input: object } };

type Message = { role: string; content: string | { type: string; content?: unknown }[] };
type Asked = { model: string; stream?: boolean; messages: Message[]; tools?: { name: string }[] };
type Block = { type: "text"; text: string } | { type: "tool_use"; id: string; name: string; input: object };

export type ScriptedModel = { url: string } & AsyncDisposable;

/**
 * A simulated model behind the Messages API of Anthropic, on the loopback: in the conversation that has tools it plays
 * `turns`, the one after so many of its own messages as there are; `turns` are given the text of the last tool's result.
 */
export async function startScriptedModel(turns: (lastResult: string) => readonly Turn[]): Promise<ScriptedModel> {
  const server = createServer(async (request, response) => {
    const asked = await readAsked(request);
    if (asked === undefined) return void response.writeHead(404).end();
    const tools = asked.tools ?? [];
    const spoken = asked.messages.filter(({ role }) => role === "assistant").length;
    const turn = tools.length === 0 ? undefined : turns(lastResultIn(asked.messages))[spoken];
    answer(response, asked, turn ?? { says: "ok" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAsked(request: IncomingMessage): Promise<Asked | undefined> {
  const body = await text(request);
  const isMessages = request.method === "POST" && /^\/v1\/messages(?:\?|$)/.test(request.url ?? "");
  return isMessages ? (JSON.parse(body) as Asked) : undefined;
}

/** A result's content is a text, or blocks some of which are. */
function lastResultIn(messages: readonly Message[]): string {
  const results = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  const content = results.findLast(({ type }) => type === "tool_result")?.content;
  if (typeof content === "string") return content;
  const blocks = Array.isArray(content) ? (content as { text?: string }[]) : [];
  return blocks.map((block) => block.text ?? "").join("\n");
}

function answer(response: ServerResponse, { model, stream, messages }: Asked, { says, uses }: Turn): void {
  const id = `simulated_${messages.length}`;
  const content: Block[] = [
    { type: "text", text: says },
    ...(uses === undefined ? [] : [{ type: "tool_use" as const, id: `toolu_${id}`, name: uses.tool, input: uses.input }]),
  ];
  const stop_reason = uses === undefined ? "end_turn" : "tool_use";
  const usage = { input_tokens: 10, output_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const message = { id: `msg_${id}`, type: "message", role: "assistant", model, stop_sequence: null, usage };
  if (stream !== true) {
    response.writeHead(200, { "content-type": "application/json" });
    return void response.end(JSON.stringify({ ...message, content, stop_reason }));
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, data: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  send("message_start", { message: { ...message, content: [], stop_reason: null } });
  for (const [index, block] of content.entries()) {
    const empty = block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
    const delta =
      block.type === "text"
        ? { type: "text_delta", text: block.text }
        : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
    send("content_block_start", { index, content_block: empty });
    send("content_block_delta", { index, delta });
    send("content_block_stop", { index });
  }
  send("message_delta", { delta: { stop_reason, stop_sequence: null }, usage });
  send("message_stop", {});
  response.end();
}
