import { readRequestBody } from "@modelcontextprotocol/server";
import { LIMITS } from "../delegations/delegation.ts";
import { AppError } from "../errors.ts";

/** Older clients may send several messages at once; together they count as one request, so they are few. */
const MOST_MESSAGES = 20;

/**
 * The same request with its body read, at most as much of it as the API takes. Throws AppError `payload_too_large`, and
 * `invalid_request` for too many messages at once; whatever else is wrong with it is the protocol's to say.
 */
export async function readMessage(request: Request): Promise<Request> {
  if (request.body === null) return request;
  const read = await readRequestBody(request, LIMITS.body);
  if (read.tooLarge) {
    throw new AppError("payload_too_large", `The body is larger than ${LIMITS.body.toLocaleString("en-US")} bytes.`);
  }
  if (messagesIn(read.text) > MOST_MESSAGES) {
    throw new AppError("invalid_request", `The body is not valid: it has more than ${MOST_MESSAGES} messages.`);
  }
  const { method, headers, signal } = request;
  return new Request(request.url, { method, headers, signal, body: read.text });
}

/** What is no list of messages is one, or none. */
function messagesIn(text: string): number {
  if (!/^\s*\[/.test(text)) return 1;
  try {
    return (JSON.parse(text) as unknown[]).length;
  } catch {
    return 0;
  }
}
