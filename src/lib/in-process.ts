/** The API, called in process: what Hono's `fetch` is once it has its bindings and its context. */
export type FetchApi = (request: Request) => Response | Promise<Response>;

/**
 * A `fetch` for the client that calls the API in process. `passed` are headers of the caller that the API looks at. What
 * aborts it, ends the answer's body too, as it would over a network.
 */
export const inProcess =
  (api: FetchApi, passed: { readonly [name: string]: string }) =>
  async (url: string, { signal, ...init }: RequestInit): Promise<Response> => {
    signal?.throwIfAborted();
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(passed)) headers.set(name, value);
    const response = await api(new Request(url, { ...init, headers }));
    const { body, status } = response;
    if (!signal || body === null) return response;
    return new Response(endedBy(signal, body), { status, headers: response.headers });
  };

/**
 * What goes along of a request that the API is called for: its id, by which the log tells what belongs together, and the address
 * that refusals are counted of.
 */
export function passedOn(requestId: string, { headers }: Request): { [name: string]: string } {
  const address = headers.get("cf-connecting-ip");
  return { "x-request-id": requestId, ...(address !== null && { "cf-connecting-ip": address }) };
}

/** Who waits for a piece of it is not kept waiting: a pipe with a signal looks at it between two pieces only. */
function endedBy(signal: AbortSignal, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    start(controller) {
      const end = () => {
        controller.error(signal.reason);
        reader.cancel(signal.reason).catch(() => undefined);
      };
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (signal.aborted) return;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
