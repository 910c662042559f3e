import { setTimeout as sleep } from "node:timers/promises";
import type { CountedServer } from "./counted-server.ts";
import { type Counts, perDelegation, sumOf } from "./counts.ts";
import type { PlatformUse } from "./platform-cost.ts";
import { INSTANT, promptOf, type VendorScript } from "./vendor-script.ts";

/** 30 s, some 8 KB of answer, a piece every 150 ms. */
const THIRTY_SECONDS: VendorScript = { delayMs: 0, chunks: 200, everyMs: 150, characters: 40 };
const PROMPT_CHARACTERS = 2_048;
const QUIET_MS = 1_500;

/** Counts per delegation that nobody reads or watches: one answered at once, and one that streams for 30 s. */
export type MeasuredUse = { short: Counts; long: Counts };

export async function measureUse(server: CountedServer, delegations: number): Promise<MeasuredUse> {
  const words = "w".repeat(PROMPT_CHARACTERS);
  return {
    short: await counted(server, promptOf(INSTANT, words), delegations),
    long: await counted(server, promptOf(THIRTY_SECONDS, words), Math.min(delegations, 10)),
  };
}

/** Waits for the ends without asking any object: they have ended when all have been put on the list as such. */
async function counted(server: CountedServer, prompt: string, delegations: number): Promise<Counts> {
  await server.reset();
  await Promise.all(Array.from({ length: delegations }, () => server.api.post(prompt)));
  let before = "";
  for (;;) {
    await sleep(QUIET_MS);
    const counts = await server.counts();
    const now = JSON.stringify(counts);
    if (now === before && (counts.rowsWritten["outbox (deleted)"] ?? 0) >= delegations) return perDelegation(counts, delegations);
    before = now;
  }
}

/** What the counts are in the platform's units; `seconds` the call lasts, `workerCpuMs` spent to accept it. */
export function useOf(counts: Counts, seconds: number, workerCpuMs: number): PlatformUse {
  return {
    workerRequests: counts.workerRequests,
    workerCpuMs,
    objectRequests: sumOf(counts.objectCalls) + sumOf(counts.otherCalls) + counts.alarms,
    objectSeconds: seconds,
    objectRowsRead: sumOf(counts.rowsRead),
    objectRowsWritten: sumOf(counts.rowsWritten) + sumOf(counts.otherRows),
    d1RowsRead: sumOf(counts.d1Read),
    d1RowsWritten: sumOf(counts.d1Written),
    queueOperations: counts.queueOperations,
  };
}
