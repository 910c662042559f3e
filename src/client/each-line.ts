import type { CallOptions } from "./ask.ts";
import { SILENCE_MS, separated } from "./separated.ts";
import { type ApiCall, type Transport, unreachable } from "./transport.ts";

/** What a path has as NDJSON, line by line. Throws DeputeError, also when it is cut, or the signal's reason. */
export async function* eachLine<T>(
  transport: Transport,
  path: string,
  query: NonNullable<ApiCall["query"]>,
  { signal }: CallOptions,
): AsyncGenerator<T> {
  const headers = { accept: "application/x-ndjson" };
  const { body } = await transport.open({ method: "GET", path, query, headers, signal });
  if (body === null) return;
  try {
    for await (const line of separated(body, "\n", SILENCE_MS, signal)) yield JSON.parse(line) as T;
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(cause);
  }
}
