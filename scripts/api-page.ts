import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Puts the script of the API page among the Worker's assets. `npm ci` and `npm install` run this at their end. */
const scalar = dirname(fileURLToPath(import.meta.resolve("@scalar/api-reference")));
const folder = join(import.meta.dirname, "../public/docs");
mkdirSync(folder, { recursive: true });
copyFileSync(join(scalar, "browser/standalone.js"), join(folder, "scalar.js"));
