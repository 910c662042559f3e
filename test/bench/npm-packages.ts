import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Unavailable } from "./unavailable.ts";

const run = promisify(execFile);
const INSTALL_MS = 240_000;

/**
 * Has npm install exactly these versions into a folder of the machine's temporary ones, where they stay for the next run, and
 * returns that folder. They are no dependencies of the project. Throws Unavailable when npm cannot.
 */
export async function npmPackages(versions: { [name: string]: string }): Promise<string> {
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const folder = join(tmpdir(), "depute-bench-packages", wanted.join("+").replaceAll(/[^A-Za-z0-9.@+-]/g, "_"));
  if (Object.entries(versions).every(([name, version]) => installedVersion(folder, name) === version)) return folder;
  mkdirSync(folder, { recursive: true });
  try {
    const options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", folder];
    await run("npm", ["install", ...options, ...wanted], { cwd: folder, timeout: INSTALL_MS });
  } catch (cause) {
    throw new Unavailable(`npm could not install ${wanted.join(" and ")}`, cause);
  }
  return folder;
}

function installedVersion(folder: string, name: string): string | undefined {
  const file = join(folder, "node_modules", name, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : undefined;
}
