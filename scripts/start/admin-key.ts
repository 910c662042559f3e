import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The owner key kept in `<state>/admin-key`, which only its owner may read; made at random the first time. */
export function adminKey(state: string): string {
  const path = join(state, "admin-key");
  try {
    writeFileSync(path, `dpt_${randomBytes(24).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    chmodSync(path, 0o600);
  }
  return readFileSync(path, "utf8").trim();
}
