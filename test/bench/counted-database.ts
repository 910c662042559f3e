import { replacing } from "./counted-storage.ts";
import { type Counts, count, kindOfStatement } from "./counts.ts";

type Counted = { statement: D1PreparedStatement; text: string };

/** The D1 binding with the rows that D1 reports of every statement (`meta`, the base of its bill) counted. */
export function countedDatabase(database: D1Database, counts: Counts): D1Database {
  const known = new WeakMap<object, Counted>();
  const told = (text: string, meta: D1Meta): void => {
    count(counts.d1Written, kindOfStatement(text), meta.rows_written);
    count(counts.d1Read, kindOfStatement(text), meta.rows_read);
  };
  const wrap = (statement: D1PreparedStatement, text: string): D1PreparedStatement => {
    const whole = async (run: () => Promise<D1Result>): Promise<D1Result> => {
      counts.d1RoundTrips += 1;
      const result = await run();
      told(text, result.meta);
      return result;
    };
    const wrapped = replacing(statement, {
      bind: (...values: unknown[]) => wrap(statement.bind(...values), text),
      run: () => whole(() => statement.run()),
      all: () => whole(() => statement.all()),
      first: () => whole(() => statement.all()).then(({ results }) => results[0] ?? null),
      raw: () => whole(() => statement.all()).then(({ results }) => results.map((row) => Object.values(row as object))),
    });
    known.set(wrapped, { statement, text });
    return wrapped;
  };
  return replacing(database, {
    prepare: (text: string) => wrap(database.prepare(text), text),
    async batch(statements: D1PreparedStatement[]) {
      counts.d1RoundTrips += 1;
      const counted = statements.map((statement) => known.get(statement) ?? { statement, text: "?" });
      const results = await database.batch(counted.map(({ statement }) => statement));
      for (const [index, { meta }] of results.entries()) told(counted[index]?.text ?? "?", meta);
      return results;
    },
  });
}
