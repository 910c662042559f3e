import { DurableObject } from "cloudflare:workers";
export class DelegationObject extends DurableObject { 
  async measure() {
    const s = this.ctx.storage; const out: Record<string, unknown> = {};
    const w = (name: string, sql: string, ...a: unknown[]) => { const c = s.sql.exec(sql, ...a); c.toArray(); out[name] = [c.rowsRead, c.rowsWritten]; };
    w("create", "CREATE TABLE IF NOT EXISTS t (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID");
    w("create2", "CREATE TABLE IF NOT EXISTS u (k INTEGER PRIMARY KEY, v TEXT)");
    w("ins", "INSERT INTO t VALUES ('a','b')");
    w("upd", "UPDATE t SET v='c' WHERE k='a'");
    w("insu", "INSERT INTO u VALUES (1,'b')");
    w("del", "DELETE FROM t WHERE k='a'");
    s.kv.put("x", {a: 1});
    w("tables", "SELECT name FROM sqlite_master");
    out.size = s.sql.databaseSize;
    await s.setAlarm(Date.now()); this.set = performance.now(); out.t0 = Date.now();
    return out;
  }
  set = 0; lat: number[] = [];
  override async alarm() { this.lat.push(Date.now()); }
  async latency() { return this.lat; }
}
export default { async fetch(req: Request, env: any) {
  const url = new URL(req.url);
  const stub = env.DELEGATIONS.getByName(url.pathname);
  if (url.search) return Response.json(await stub.latency());
  return Response.json(await stub.measure());
} };
