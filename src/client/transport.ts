import { DeputeError, refusal } from "./depute-error.ts";
import { pause } from "./pause.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** Longer than the longest wait that the API holds an answer for (55 s). */
const ANSWER_MS = 90_000;

export type TransportOptions = {
  baseUrl: string;
  apiKey: string;
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  maxRetries?: number | undefined;
};

type QueryValue = string | number | boolean | readonly string[] | null | undefined;
export type ApiCall = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** From `/v1/` on. */
  path: string;
  query?: { readonly [name: string]: QueryValue };
  body?: unknown;
  headers?: { readonly [name: string]: string };
  signal?: AbortSignal | undefined;
  /**
   * May be sent again though the server may have done it: GET and PUT always, other calls when twice is the same as once
   * (`freely`) or they carry an Idempotency-Key (`by key`: one of ours unless `headers` has one).
   */
  again?: "freely" | "by key";
};

/** Sends calls to one server, and again when that is safe and may help. */
export class Transport {
  readonly maxRetries: number;
  readonly #baseUrl: string;
  readonly #apiKey: string;
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly #pause: typeof pause;

  /** Throws TypeError when `baseUrl` is no URL. */
  constructor({ baseUrl, apiKey, fetch: given, maxRetries = 5 }: TransportOptions, wait = pause) {
    this.#baseUrl = new URL(baseUrl).href.replace(/\/+$/, "");
    this.#apiKey = apiKey;
    this.#fetch = given ?? ((url, init) => fetch(url, init));
    this.maxRetries = maxRetries;
    this.#pause = wait;
  }

  /** The JSON of the answer; undefined for one without a body. Throws DeputeError, or the signal's reason. */
  async json<T>(call: ApiCall): Promise<T> {
    return this.#send(call, async (response) => {
      const text = await response.text();
      try {
        return (text === "" ? undefined : JSON.parse(text)) as T;
      } catch (cause) {
        throw new DeputeError("unexpected_answer", "The server's answer is not JSON.", { status: response.status, cause });
      }
    });
  }

  /** The answer with its body unread. Throws as `json` does. */
  open(call: ApiCall): Promise<Response> {
    return this.#send(call, async (response) => response);
  }

  pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#pause(ms, signal);
  }

  async #send<T>(call: ApiCall, read: (response: Response) => Promise<T>): Promise<T> {
    const headers = { ...(call.again === "by key" && { "idempotency-key": randomKey() }), ...call.headers };
    const isSafe = call.method === "GET" || call.method === "PUT" || call.again !== undefined;
    for (let retry = 0; ; retry++) {
      try {
        return await this.#once({ ...call, headers }, read);
      } catch (error) {
        const isLast = retry >= this.maxRetries || !(error instanceof DeputeError) || !(isSafe || wasTurnedAway(error));
        const delayMs = isLast ? undefined : retryDelayMs(error, retry, Math.random());
        if (delayMs === undefined) throw error;
        await this.#pause(delayMs, call.signal);
      }
    }
  }

  async #once<T>({ method, path, query, body, headers, signal }: ApiCall, read: (response: Response) => Promise<T>): Promise<T> {
    const overdue = new AbortController();
    const timer = setTimeout(() => overdue.abort(new Error(`No answer within ${ANSWER_MS / 1_000} s.`)), ANSWER_MS);
    try {
      const response = await this.#fetch(`${this.#baseUrl}${path}${queryString(query)}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#apiKey}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal === undefined ? overdue.signal : AbortSignal.any([signal, overdue.signal]),
      });
      if (response.ok) return await read(response);
      throw refusal(response, await response.text(), Date.now());
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof DeputeError ? error : unreachable(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Whether nothing of the call was done. */
const wasTurnedAway = ({ code }: DeputeError): boolean => code === "rate_limited";

/** What a connection that failed or broke becomes. */
export function unreachable(cause: unknown): DeputeError {
  const reasons = cause instanceof Error && cause.cause instanceof Error ? [cause, cause.cause] : [cause];
  const said = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))).join(": ");
  return new DeputeError("unreachable", `The server cannot be reached: ${said}`, { cause });
}

function queryString(query: ApiCall["query"] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

/** 128 random bits in hexadecimal. (`crypto.randomUUID` is missing on plain http pages.) */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
