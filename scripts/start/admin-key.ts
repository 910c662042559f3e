import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The owner key kept in `<state>/admin-key`, which only its owner may read; made at random the first time. */
export function adminKey(state: string): string {
  const path = join(state, "admin-key");
  const kept = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  if (kept !== "") {
    chmodSync(path, 0o600);
    return kept;
  }
  const key = `dpt_${randomBytes(24).toString("base64url")}`;
  writeFileSync(`${path}.new`, `${key}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return key;
}
