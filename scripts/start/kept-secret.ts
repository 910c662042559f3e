import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The text kept in `<state>/<name>`, which only its owner may read; `make` makes it the first time. */
function keptSecret(state: string, name: string, make: () => string): string {
  const path = join(state, name);
  const kept = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  if (kept !== "") {
    chmodSync(path, 0o600);
    return kept;
  }
  const made = make();
  writeFileSync(`${path}.new`, `${made}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return made;
}

/** The owner key of a start that is given none. */
export const adminKey = (state: string): string =>
  keptSecret(state, "admin-key", () => `dpt_${randomBytes(24).toString("base64url")}`);

/** The DEPUTE_SECRET of a start that is given none. */
export const deputeSecret = (state: string): string => keptSecret(state, "secret", () => randomBytes(32).toString("base64url"));
