import { env } from "cloudflare:workers";
import { sweep } from "../../../src/sweep/sweep.ts";

const DAY_MS = 86_400_000;

/** Sweeps as if the retention had passed, as often as it takes: other tests' tasks are older, and one sweep takes only so many. */
export async function sweepUntil(done: () => Promise<boolean>): Promise<void> {
  for (let rounds = 0; rounds < 20; rounds += 1) {
    await sweep(env, Date.now() + 91 * DAY_MS);
    if (await done()) return;
  }
  throw new Error("the sweep did not come to it");
}
