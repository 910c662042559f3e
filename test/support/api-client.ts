import { exports } from "cloudflare:workers";
import { ADMIN_KEY } from "./simulated-vendors.ts";

type Init = { body?: unknown; headers?: { [name: string]: string }; key?: string | null };

/** The parts of a problem that tests look at. */
export type ProblemBody = { status: number; code: string; detail: string; errors?: { path: string; message: string }[] };

/** One request to the Worker under test with the owner's key, unless told otherwise. A body of text or bytes goes as it is. */
export function send(method: string, path: string, { body, headers = {}, key = ADMIN_KEY }: Init = {}): Promise<Response> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
  const request = new Request(`https://depute.test${path}`, {
    method,
    redirect: "manual",
    headers: { ...type, ...authorization, ...headers },
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
  });
  return exports.default.fetch(request);
}

/** The same with the answer read; `body` is null when there is none. */
export async function call<Body = { [name: string]: unknown }>(method: string, path: string, init: Init = {}) {
  const response = await send(method, path, init);
  const text = await response.text();
  const body = (text === "" ? null : JSON.parse(text)) as Body;
  return { status: response.status, headers: response.headers, body };
}
