const DATA = "data: ";

/**
 * The data of each event of a `text/event-stream`, and null for a comment, which the server sends when nothing happens. A
 * frame that was cut is not given. Throws when the connection breaks, or is silent for `silenceMs`; a consumer that stops
 * early closes it.
 */
export async function* eventFrames(body: ReadableStream<Uint8Array>, silenceMs: number): AsyncGenerator<string | null> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  try {
    for (;;) {
      const { done, value } = await readWithin(reader, silenceMs);
      if (done) return;
      const frames = `${waiting}${decoder.decode(value, { stream: true })}`.split("\n\n");
      waiting = frames.pop() ?? "";
      for (const frame of frames) yield dataOf(frame);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Only a line feed ends a line: the JSON may hold U+2028 as it is. */
function dataOf(frame: string): string | null {
  const line = frame.split("\n").find((each) => each.startsWith(DATA));
  return line?.slice(DATA.length) ?? null;
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
