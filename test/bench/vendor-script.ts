/** What the bench's vendor does with one prompt: wait `delayMs`, then send `chunks` events of `characters` each, `everyMs` apart. */
export type VendorScript = { delayMs: number; chunks: number; everyMs: number; characters: number };

/** A short answer at once. */
export const INSTANT: VendorScript = { delayMs: 0, chunks: 1, everyMs: 0, characters: 40 };

/** The same a second later. */
export const ONE_SECOND: VendorScript = { ...INSTANT, delayMs: 1_000 };

const SCRIPT = /bench delay=(\d+) chunks=(\d+) every=(\d+) characters=(\d+)/;
const ARRIVED = /^arrived=(\d+)/;

/** The prompt that makes the vendor play the script; `words` are sent along and change nothing. */
export function promptOf(script: VendorScript, words = ""): string {
  const { delayMs, chunks, everyMs, characters } = script;
  return `bench delay=${delayMs} chunks=${chunks} every=${everyMs} characters=${characters} ${words}`;
}

/** Reads the script out of a request's body, without parsing the rest of it; INSTANT when there is none. */
export function scriptOf(body: string): VendorScript {
  const found = SCRIPT.exec(body);
  if (found === null) return INSTANT;
  const [delayMs = 0, chunks = 0, everyMs = 0, characters = 0] = found.slice(1).map(Number);
  return { delayMs, chunks, everyMs, characters };
}

/** The head of every answer: when its request arrived, in nanoseconds of the machine's monotonic clock. */
export const arrivalText = (nanoseconds: bigint): string => `arrived=${nanoseconds}`;

/** When the vendor saw the request that this answer answers, in milliseconds of the machine's monotonic clock. */
export function arrivalMs(answer: string | null): number {
  const [, nanoseconds] = ARRIVED.exec(answer ?? "") ?? [];
  if (nanoseconds === undefined) throw new Error(`This is no answer of the bench's vendor: ${answer?.slice(0, 100)}`);
  return Number(nanoseconds) / 1e6;
}

/** Now on the same clock. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
