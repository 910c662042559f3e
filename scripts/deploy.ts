import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deploy, dryRun } from "./deploy/deploy.ts";
import { wrangler } from "./deploy/wrangler.ts";

const USAGE = "Usage: npm run deploy [-- --dry-run]\n";
const root = join(import.meta.dirname, "..");

const [option, ...more] = process.argv.slice(2);
if ((option !== undefined && option !== "--dry-run") || more.length > 0) {
  console.error(USAGE);
  process.exit(2);
}
try {
  if (option === "--dry-run") await dryRun(wrangler);
  else {
    await deploy(wrangler, {
      configuration: readFileSync(join(root, "wrangler.toml"), "utf8"),
      writeConfiguration(text) {
        writeFileSync(join(root, "wrangler.deploy.toml"), text);
        return "wrangler.deploy.toml";
      },
      say: (line) => console.log(line),
    });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
