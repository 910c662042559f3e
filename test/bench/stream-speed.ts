import { type CpuShares, withCpu } from "./cpu-use.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { rounded } from "./statistics.ts";
import { nowMs, promptOf } from "./vendor-script.ts";

/** Events of one vendor stream that pass through the object per second, when the vendor sends as fast as it is read. */
export type StreamSpeed = {
  chunks: number;
  watched: number;
  unwatched: number;
  direct: number;
  cpuWatched: CpuShares;
  cpuUnwatched: CpuShares;
};

const CHUNK_CHARACTERS = 20;

/** One stream at a time: with an SSE viewer on it, with nobody, and by the SDK in Node for comparison. */
export async function measureStream(server: MeasuredServer, chunks: number): Promise<StreamSpeed> {
  const { api, direct, meter } = server;
  const prompt = promptOf({ delayMs: 0, chunks, everyMs: 0, characters: CHUNK_CHARACTERS });
  const watched = await withCpu(meter, () => delegatedRate(server, prompt, chunks, (taskId) => api.watch(taskId)));
  const unwatched = await withCpu(meter, () => delegatedRate(server, prompt, chunks, async () => {}));
  const begun = nowMs();
  await direct.call(prompt);
  return {
    chunks,
    watched: watched.value,
    unwatched: unwatched.value,
    direct: rate(chunks, nowMs() - begun),
    cpuWatched: watched.shares,
    cpuUnwatched: unwatched.shares,
  };
}

/** From the attempt's start to its end, as the object itself has recorded them. */
async function delegatedRate(
  { api }: MeasuredServer,
  prompt: string,
  chunks: number,
  watch: (taskId: string) => Promise<unknown>,
): Promise<number> {
  const taskId = await api.post(prompt);
  const watching = watch(taskId);
  const { attempts } = await api.completed(taskId);
  await watching;
  const [attempt] = attempts;
  if (attempt?.ended_at == null) throw new Error(`${taskId} has no ended attempt`);
  return rate(chunks, Date.parse(attempt.ended_at) - Date.parse(attempt.started_at));
}

const rate = (chunks: number, durationMs: number): number => rounded(chunks / (durationMs / 1_000), 0);
