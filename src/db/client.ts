import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { attempts, delegations } from "./schema.ts";

const schema = { delegations, attempts };

/** The binding as D1 gives it; D1 itself is not imported so that db stays free of the platform's types. */
export type DatabaseBinding = Parameters<typeof drizzle>[0];

export type Database = DrizzleD1Database<typeof schema> & { $client: DatabaseBinding };

/** Wraps the D1 binding. Cheap: nothing is opened or read. */
export const createDatabase = (binding: DatabaseBinding): Database => drizzle(binding, { schema });
