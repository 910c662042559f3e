import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorsPage } from "./docs/errors-page.ts";

/** Writes the pages of `docs/` that are made of the code. */
writeFileSync(join(import.meta.dirname, "../docs/errors.md"), errorsPage());
