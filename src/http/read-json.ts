import { LIMITS } from "../delegations/delegation.ts";
import { AppError } from "../errors.ts";

const MAX_DEPTH = 64;

/**
 * The JSON body of a request; undefined when there is none. Counts bytes as they come, whatever Content-Length says. Throws
 * AppError `payload_too_large` over 8 MB, `invalid_request` for anything that is not plain JSON in UTF-8.
 */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readLimited(request);
  if (bytes.byteLength === 0) return undefined;
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw wholeBody(`the Content-Type must be application/json, it is ${type === "" ? "missing" : type.slice(0, 100)}`);
  }
  const value = parsed(bytes);
  checkPlain(value);
  return value;
}

async function readLimited(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > LIMITS.body) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > LIMITS.body) throw tooLarge();
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (error) {
    throw wholeBody(error instanceof SyntaxError ? "it is not valid JSON" : "it is not valid UTF-8");
  }
}

/** Refuses what would break later, deep inside: nesting without end, half characters, and a key that sets prototypes. */
function checkPlain(value: unknown, depth = 0): void {
  if (typeof value === "string") checkText(value);
  if (typeof value !== "object" || value === null) return;
  if (depth === MAX_DEPTH) throw wholeBody(`it is nested more than ${MAX_DEPTH} levels deep`);
  if (Array.isArray(value)) {
    for (const member of value) checkPlain(member, depth + 1);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    checkText(name);
    if (name === "__proto__") throw wholeBody("it has a key named __proto__");
    checkPlain(member, depth + 1);
  }
}

function checkText(text: string): void {
  if (!text.isWellFormed())
    throw wholeBody("a text in it holds half of a surrogate pair (\\ud800–\\udfff), which is no character");
}

const wholeBody = (message: string): AppError =>
  new AppError("invalid_request", `The body is not valid: ${message}.`, [{ path: "", message }]);

const tooLarge = (): AppError =>
  new AppError("payload_too_large", `The body is larger than ${LIMITS.body.toLocaleString("en-US")} bytes.`, [
    { path: "", message: `must be at most ${LIMITS.body.toLocaleString("en-US")} bytes` },
  ]);
