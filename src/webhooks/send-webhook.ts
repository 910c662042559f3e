import { retryAfterMs } from "./retry-schedule.ts";

/** So long an attempt may take, the reading of the answer included. */
const ATTEMPT_MS = 15_000;
const MOST_READ_BYTES = 64_000;
const EXCERPT_CHARACTERS = 1_000;

/** What an attempt came to. */
export type Sent = {
  /** Of the answer; null when none came. */
  status: number | null;
  /** The beginning of the answer. */
  excerpt: string | null;
  /** Why it was no success; null when it was. */
  error: string | null;
  ms: number;
  /** The answer asked to be left alone for so long. */
  retryAfterMs: number | undefined;
};

export type SendDeps = { fetch: (request: Request) => Promise<Response>; now: () => number; timeoutMs?: number };

/**
 * Posts `payload` once. A 2xx answer is a success, whatever its body; redirects are not followed. Reads at most 64,000 bytes of the answer. Never
 * throws.
 */
export async function sendWebhook(
  url: string,
  { payload, headers }: { payload: string; headers: { [name: string]: string } },
  { fetch, now, timeoutMs = ATTEMPT_MS }: SendDeps,
): Promise<Sent> {
  const began = now();
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(new Request(url, { method: "POST", body: payload, headers, redirect: "manual", signal }));
    const { status } = response;
    const excerpt = await beginningOf(response).catch(() => null);
    const wait = retryAfterMs(response.headers.get("retry-after"), now());
    return { status, excerpt, error: refusalOf(status), ms: now() - began, retryAfterMs: wait };
  } catch {
    const error = signal.aborted ? `no answer within ${timeoutMs / 1_000} s` : "no connection, or it broke before the answer";
    return { status: null, excerpt: null, error, ms: now() - began, retryAfterMs: undefined };
  }
}

function refusalOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status === 0 || (status >= 300 && status < 400)) return `answered ${status}: redirects are not followed`;
  return `answered ${status}`;
}

async function beginningOf({ body }: Response): Promise<string | null> {
  if (body === null) return null;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for (let part = await reader.read(); part.done !== true; part = await reader.read()) {
      bytes += part.value.byteLength;
      if (text.length < EXCERPT_CHARACTERS) text += decoder.decode(part.value, { stream: true });
      if (bytes >= MOST_READ_BYTES) break;
    }
  } catch {
    // What came before the connection broke says enough.
  }
  await reader.cancel().catch(() => undefined);
  return text.slice(0, EXCERPT_CHARACTERS);
}
