/** Three times the interval in which the server says something on a stream that is open. */
export const SILENCE_MS = 45_000;

/**
 * The pieces of a text that each end with `separator`, as they come; one that was cut is not given. Throws when the connection
 * breaks, is silent for `silenceMs`, or the signal aborts; a consumer that stops early closes it.
 */
export async function* separated(
  body: ReadableStream<Uint8Array>,
  separator: string,
  silenceMs: number,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  try {
    for (;;) {
      const { done, value } = await readWithin(reader, silenceMs);
      if (done) return;
      const pieces = `${waiting}${decoder.decode(value, { stream: true })}`.split(separator);
      waiting = pieces.pop() ?? "";
      for (const piece of pieces) {
        signal?.throwIfAborted();
        yield piece;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, silenceMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing came for ${silenceMs / 1_000} s.`)), silenceMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
