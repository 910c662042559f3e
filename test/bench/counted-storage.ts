import { type Counts, count, kindOfKey, kindOfStatement } from "./counts.ts";

type CountedRows = Pick<Counts, "rowsWritten" | "rowsRead">;

/**
 * Makes every row that an object reads or writes be counted. Durable Objects charge a put, a delete and a set alarm as a row
 * written each, and a get or a listed entry as a row read, so that is what is counted, at the calls themselves; of SQL what the
 * statement itself says.
 */
export function countStorage(ctx: DurableObjectState, counts: CountedRows): void {
  const { storage } = ctx;
  const { kv, sql } = storage;
  const countedKv = replacing(kv, {
    get(key: string) {
      count(counts.rowsRead, kindOfKey(key));
      return kv.get(key);
    },
    put(key: string, value: unknown) {
      count(counts.rowsWritten, kindOfKey(key));
      kv.put(key, value);
    },
    delete(key: string) {
      count(counts.rowsWritten, `${kindOfKey(key)} (deleted)`);
      return kv.delete(key);
    },
    *list(options?: Parameters<typeof kv.list>[0]) {
      for (const entry of kv.list(options)) {
        count(counts.rowsRead, kindOfKey(entry[0]));
        yield entry;
      }
    },
  });
  const countedSql = replacing(sql, {
    exec(text: string, ...values: SqlStorageValue[]) {
      const cursor = sql.exec(text, ...values);
      const rows = cursor.toArray();
      if (cursor.rowsWritten > 0) count(counts.rowsWritten, kindOfStatement(text), cursor.rowsWritten);
      return rows;
    },
  });
  const counted = replacing(storage, {
    kv: countedKv,
    sql: countedSql,
    setAlarm(at: number | Date) {
      count(counts.rowsWritten, "alarm");
      return storage.setAlarm(at);
    },
    deleteAlarm() {
      count(counts.rowsWritten, "alarm (deleted)");
      return storage.deleteAlarm();
    },
  });
  Object.defineProperty(ctx, "storage", { value: counted });
}

/** `target` with some of its members replaced; the others keep working on the target itself, as native objects demand. */
export function replacing<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
