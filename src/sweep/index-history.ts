import type { Database } from "../db/client.ts";
import { extendHistory, nextHistoryStep } from "../db/extend-history.ts";

/** Younger ones are found without the index: it is not written for what may still be on its way to the list. */
const SETTLED_MS = 60_000;
/** Delegations in a transaction: while it is written, others wait. */
const STEP = 250;
/** Steps in a sweep: as many delegations in a minute as end in it at the most, and more. */
const MOST_STEPS = 60;

/** Takes final delegations into the full-text index, in bulk. */
export async function indexHistory(db: Database, now: number): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const step = await nextHistoryStep(db, now - SETTLED_MS, STEP);
    await extendHistory(db, step);
    if (step.isLast) return;
  }
}
