import { env } from "cloudflare:workers";
import { createDatabase, type Database } from "../../../src/db/client.ts";

/** How SQLite carries out the queries that `run` makes, a line per step. */
export async function plansOf(run: (db: Database) => Promise<unknown>): Promise<string> {
  const explained: D1PreparedStatement[] = [];
  const told = new Proxy(env.DB, {
    get: (database, name) => (name === "prepare" ? prepare : Reflect.get(database, name)),
  });
  const prepare = (sql: string) =>
    new Proxy(env.DB.prepare(sql), {
      get(statement, name) {
        if (name !== "bind") return Reflect.get(statement, name);
        return (...values: unknown[]) => {
          explained.push(env.DB.prepare(`explain query plan ${sql}`).bind(...values));
          return statement.bind(...values);
        };
      },
    });
  await run(createDatabase(told));
  const plans = await env.DB.batch<{ detail: string }>(explained);
  return plans.flatMap(({ results }) => results.map(({ detail }) => detail)).join("\n");
}
