const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** Turns lines of JSON (each ended by a newline) into one object `{"data":[…]}` without holding them. */
export function jsonListOf(): TransformStream<Uint8Array, Uint8Array> {
  const encoder = new TextEncoder();
  let separates = false;
  return new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode('{"data":[')),
    transform(chunk, controller) {
      if (chunk.byteLength === 0) return;
      // A newline inside the lines separates two of them; the last one is held back until it is known that another follows.
      const bytes = chunk.map((byte) => (byte === NEWLINE ? COMMA : byte));
      if (separates) controller.enqueue(encoder.encode(","));
      separates = chunk.at(-1) === NEWLINE;
      if (bytes.byteLength > Number(separates)) controller.enqueue(separates ? bytes.subarray(0, -1) : bytes);
    },
    flush: (controller) => controller.enqueue(encoder.encode("]}")),
  });
}
