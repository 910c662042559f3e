import type { Database } from "../db/client.ts";
import { daysToRoll, rollDay } from "../db/cost-days.ts";

/** Days in a sweep; the rest follows a minute later. */
const MOST_DAYS = 50;

/** Sums up the costs of past days, and those anew that changed since. */
export async function rollCosts(db: Database, now: number): Promise<void> {
  for (const day of await daysToRoll(db, now, MOST_DAYS)) await rollDay(db, day);
}
