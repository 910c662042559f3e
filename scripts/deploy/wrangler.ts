import { spawn } from "node:child_process";
import { join } from "node:path";

const program = join(import.meta.dirname, "../../node_modules/wrangler/bin/wrangler.js");

/** Runs wrangler in the repository: `show` lets it print, `read` returns what it prints. Both throw when it fails. */
export type Wrangler = { show(args: string[]): Promise<void>; read(args: string[]): Promise<string> };

/** wrangler asks nothing (its standard input is closed), sends no usage data, and takes the account from its login or CLOUDFLARE_API_TOKEN. */
export const wrangler: Wrangler = {
  async show(args) {
    await run(args, "inherit");
  },
  read: (args) => run(args, "pipe"),
};

function run(args: string[], stdout: "inherit" | "pipe"): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", stdout, "inherit"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    });
    let printed = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`wrangler ${args.slice(0, 3).join(" ")} failed (${code})\n${printed}`.trimEnd()));
    });
  });
}
