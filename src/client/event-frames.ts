import { separated } from "./separated.ts";

const DATA = "data: ";

/** The data of each event of a `text/event-stream`, and null for a comment, which the server sends when nothing happens. Ends and throws as `separated` does. */
export async function* eventFrames(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  signal?: AbortSignal,
): AsyncGenerator<string | null> {
  for await (const frame of separated(body, "\n\n", silenceMs, signal)) yield dataOf(frame);
}

/** Only a line feed ends a line: the JSON may hold U+2028 as it is. */
function dataOf(frame: string): string | null {
  const line = frame.split("\n").find((each) => each.startsWith(DATA));
  return line?.slice(DATA.length) ?? null;
}
