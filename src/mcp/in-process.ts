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
    signal?.throwIfAborted();
    const { body, status } = response;
    if (!signal || body === null) return response;
    return new Response(body.pipeThrough(new TransformStream(), { signal }), { status, headers: response.headers });
  };
