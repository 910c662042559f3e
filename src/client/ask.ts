import { type Camel, camel, snake } from "./camel-case.ts";
import { DeputeError } from "./depute-error.ts";
import type { ApiCall, Transport } from "./transport.ts";

const LONGEST_WAIT_SECONDS = 55;
const PAGE = 200;

/** Aborting stops the call, not the work: `cancel` does that. */
export type CallOptions = { signal?: AbortSignal | undefined };

/** Which of a list were created when; times are ISO 8601. */
export type CreatedSpan = { createdAfter?: string; createdBefore?: string };

/** The answer of a call in the client's names. Throws DeputeError, or the signal's reason. */
export const ask = async <T>(transport: Transport, call: ApiCall): Promise<Camel<T>> => camel(await transport.json<T>(call));

/** What is asked for, or null when there is none of this id (or no more). */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DeputeError && (error.code === "not_found" || error.code === "gone")) return null;
    throw error;
  }
}

/** What has this path, in the client's names, or null as `orNull` gives it. */
export const find = <T>(transport: Transport, path: string, options: CallOptions): Promise<Camel<T> | null> =>
  orNull(ask<T>(transport, { method: "GET", path, ...options }));

/** All of a list that has no pages. */
export const listed = async <T>(transport: Transport, path: string, options: CallOptions): Promise<Camel<T>[]> => {
  const { data } = await ask<{ data: T[] }>(transport, { method: "GET", path, ...options });
  return data as Camel<T>[];
};

/** The path of what has these names, from `/v1` on. */
export const pathOf = (...names: readonly string[]): string => ["/v1", ...names.map(pathPart)].join("/");

/** A name as one part of a path, whatever is in it. No path can hold an empty one or dots alone: they become one that the API refuses. */
export const pathPart = (name: string): string => (/^\.{0,2}$/.test(name) ? "-" : encodeURIComponent(name.toWellFormed()));

/** An input as a query in the API's names. */
export const queryOf = (input: object): NonNullable<ApiCall["query"]> => snake(input) as NonNullable<ApiCall["query"]>;

/** What a path has, as the API sends it, page by page: the next one is asked for when it is wanted. */
export async function* eachRow<T>(
  transport: Transport,
  path: string,
  query: NonNullable<ApiCall["query"]>,
  { signal }: CallOptions = {},
): AsyncGenerator<T> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: { data: T[]; next_cursor: string | null } = await transport.json({
      method: "GET",
      path,
      query: { ...query, limit: PAGE, cursor },
      signal,
    });
    for (const row of page.data) {
      yield row;
      signal?.throwIfAborted();
    }
    cursor = page.next_cursor;
  }
}

/** One page of a list; `nextCursor` leads to the one after it, null after the last. */
export type Page<T> = { data: T[]; nextCursor: string | null };
/** Which page, of at most `limit` (1–200; 50 unless given). */
export type PageOptions = CallOptions & { cursor?: string | undefined; limit?: number | undefined };

/** One page of what has a path, as the API sends its rows. */
export async function pageOfRows<T>(
  transport: Transport,
  path: string,
  query: NonNullable<ApiCall["query"]>,
  { signal, cursor, limit }: PageOptions,
): Promise<Page<T>> {
  const call = { method: "GET", path, query: { ...query, limit, cursor }, signal } as const;
  const { data, next_cursor } = await transport.json<{ data: T[]; next_cursor: string | null }>(call);
  return { data, nextCursor: next_cursor };
}

/** The same in the client's names, of what fits the filter. */
export async function page<T>(transport: Transport, path: string, filter: object, options: PageOptions): Promise<Page<Camel<T>>> {
  const { data, nextCursor } = await pageOfRows<T>(transport, path, queryOf(filter), options);
  return { data: data.map((row) => camel(row)), nextCursor };
}

/** All of it in the client's names, of what fits the filter. */
export async function* each<T>(
  transport: Transport,
  path: string,
  filter: object = {},
  options: CallOptions = {},
): AsyncGenerator<Camel<T>> {
  for await (const row of eachRow<T>(transport, path, queryOf(filter), options)) yield camel(row);
}

/** What a path has once `isEnded`, however long that takes. The server holds each answer for as long as it may. */
export async function whenEnded<T>(
  transport: Transport,
  path: string,
  isEnded: (state: T) => boolean,
  { signal }: CallOptions = {},
): Promise<T> {
  for (;;) {
    const state = await transport.json<T>({ method: "GET", path, query: { wait: LONGEST_WAIT_SECONDS }, signal });
    if (isEnded(state)) return state;
  }
}
