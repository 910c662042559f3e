import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { arrivalText, scriptOf, type VendorScript } from "./vendor-script.ts";

/*
 * Anthropic's Messages API as far as a streamed text needs it, in a process of its own and as lean as Node allows, so that the
 * vendor is not what is measured. `GET /stats` says what it has done, `DELETE /stats` forgets its marks. It ends when the pipe to its standard input closes.
 */

const stats = { requests: 0, answered: 0, inFlight: 0 };
/** What has been since `DELETE /stats`: the most requests in flight at once, and when the last one came (as in `arrivalText`). */
const noMarks = { peakInFlight: 0, firstMs: 0, lastMs: 0 };
let marks = { ...noMarks };

function arrive(arrived: bigint): void {
  const at = Number(arrived) / 1e6;
  stats.requests += 1;
  stats.inFlight += 1;
  marks = {
    peakInFlight: Math.max(marks.peakInFlight, stats.inFlight),
    firstMs: marks.firstMs === 0 ? at : marks.firstMs,
    lastMs: at,
  };
}

function leave(): void {
  stats.inFlight -= 1;
  stats.answered += 1;
}

const frame = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const usage = {
  input_tokens: 500,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 1,
  service_tier: "standard",
};
const block = { type: "text", text: "", citations: null };
const ending = { stop_reason: null, stop_sequence: null, stop_details: null };
const message = {
  id: "msg_bench",
  type: "message",
  role: "assistant",
  model: "claude-opus-5-5",
  content: [],
  container: null,
  ...ending,
  usage,
};
const HEAD = frame("message_start", { message }) + frame("content_block_start", { index: 0, content_block: block });
const TAIL =
  frame("content_block_stop", { index: 0 }) +
  frame("message_delta", { delta: { ...ending, stop_reason: "end_turn" }, usage: { ...usage, output_tokens: 2_000 } }) +
  frame("message_stop", {});

const delta = (text: string): string => frame("content_block_delta", { index: 0, delta: { type: "text_delta", text } });

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  return body;
}

async function play(script: VendorScript, arrived: bigint, response: ServerResponse): Promise<void> {
  const first = delta(arrivalText(arrived).padEnd(script.characters, "."));
  if (script.delayMs > 0) await sleep(script.delayMs);
  if (script.chunks <= 1) {
    response.end(HEAD + first + TAIL);
    return;
  }
  await pipeline(pieces(script, first), response);
}

async function* pieces(script: VendorScript, first: string): AsyncGenerator<string> {
  const next = delta("x".repeat(script.characters));
  yield HEAD + first;
  for (let sent = 1; sent < script.chunks; sent += 1) {
    if (script.everyMs > 0) await sleep(script.everyMs);
    yield next;
  }
  yield TAIL;
}

const server = createServer(async (request, response) => {
  const arrived = process.hrtime.bigint();
  if (request.url === "/stats") {
    if (request.method === "DELETE") marks = { ...noMarks };
    const { user, system } = process.cpuUsage();
    response.end(JSON.stringify({ ...stats, ...marks, cpuMs: (user + system) / 1_000 }));
    return;
  }
  if (request.method !== "POST") {
    // A caller that only looks whether someone is there.
    response.end();
    return;
  }
  arrive(arrived);
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": "req_bench" });
  // Whoever called may go away in mid-stream: that is their business.
  await play(scriptOf(await bodyOf(request)), arrived, response).catch(() => {});
  leave();
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 4_096, () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.stdin.resume().on("close", () => process.exit(0));
