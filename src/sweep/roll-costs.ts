import type { Database } from "../db/client.ts";
import { daysToRoll, rollDay } from "../db/cost-days.ts";
import { propertyDaysToRoll, rollProperties } from "../db/property-sums.ts";

/** Days in a sweep; the rest follows a minute later. */
const MOST_DAYS = 50;
/** The properties are in the rows, which are more to read. */
const MOST_PROPERTY_DAYS = 20;

/** Sums up the costs of past days, and those anew that changed since. */
export async function rollCosts(db: Database, now: number): Promise<void> {
  for (const day of await daysToRoll(db, now, MOST_DAYS)) await rollDay(db, day);
  for (const day of await propertyDaysToRoll(db, now, MOST_PROPERTY_DAYS)) await rollProperties(db, day);
}
