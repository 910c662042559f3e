import { readFileSync } from "node:fs";
import { runConformance } from "./mcp/conformance.ts";

// Usage: npm run mcp:conformance [-- http://127.0.0.1:8787]; the key is DEPUTE_KEY, else that of the local state.
const server = process.argv[2] ?? "http://127.0.0.1:8787";
const key = process.env.DEPUTE_KEY ?? readFileSync(".wrangler/state/admin-key", "utf8").trim();

const { ok } = await fetch(new URL("/health", server)).catch(() => ({ ok: false }));
if (!ok) {
  console.error(`Nothing healthy answers at ${server}: npm start first, or name another address.`);
  process.exit(1);
}
const results = await runConformance(new URL("/mcp", server), key);
for (const { scenario, passed, failed } of results) {
  const verdict = failed > 0 ? "does not apply, or fails: see docs/mcp.md" : passed > 0 ? "passes" : "checks nothing here";
  console.log(`${scenario.padEnd(32)} ${verdict}`);
}
