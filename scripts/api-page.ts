import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Puts the script of the API page among the Worker's assets. `npm ci` and `npm install` run this at their end. */
const script = new URL("browser/standalone.js", import.meta.resolve("@scalar/api-reference"));
const folder = join(import.meta.dirname, "../public/docs");
mkdirSync(folder, { recursive: true });
copyFileSync(script, join(folder, "scalar.js"));
