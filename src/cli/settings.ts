import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UsageError } from "./usage-error.ts";

export type Settings = { url: string; key: string };
type Environment = { readonly [name: string]: string | undefined };
type FileSettings = { url?: string; key?: string };

const LOCAL = "http://127.0.0.1:8787";
const READABLE_BY_OTHERS = 0o077;

/** Where the settings file is; the XDG base directory specification says so. */
export function configPath({ XDG_CONFIG_HOME = "", HOME = homedir() }: Environment): string {
  const base = isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(HOME, ".config");
  return join(base, "depute", "config.json");
}

/** Flags over the environment over the file. Throws UsageError when there is no key. */
export function chosenSettings(flags: Partial<Settings>, env: Environment, file: FileSettings, path: string): Settings {
  const url = flags.url ?? given(env.DEPUTE_URL) ?? file.url ?? LOCAL;
  const key = flags.key ?? given(env.DEPUTE_KEY) ?? file.key;
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError(`"${url}" is no http(s) address of a server.`);
  if (key !== undefined) return { url, key };
  throw new UsageError(
    `There is no key for ${url}. Set DEPUTE_KEY, or write {"url": "${url}", "key": "…"} to ${path}.\n` +
      "Next to npm start: export DEPUTE_KEY=$(cat .wrangler/state/admin-key)",
  );
}

/** What the file says; nothing when there is none. `warn` is told when others can read it. Throws UsageError. */
export function readSettingsFile(path: string, warn: (text: string) => void): FileSettings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
    if ((statSync(path).mode & READABLE_BY_OTHERS) !== 0) warn(`Others can read ${path}, which has a key: chmod 600 it.`);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return {};
    throw new UsageError(`${path} cannot be read: ${String(error)}`);
  }
  return parseSettings(text, path);
}

/** Throws UsageError, which never shows what a field holds. */
export function parseSettings(text: string, path: string): FileSettings {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON.`);
  }
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) throw new UsageError(`${path} is no object.`);
  for (const [name, value] of Object.entries(settings)) {
    if (name !== "url" && name !== "key") throw new UsageError(`${path} has the unknown field "${name}"; it takes url and key.`);
    if (typeof value !== "string" || value === "") throw new UsageError(`"${name}" in ${path} must be a text.`);
  }
  return settings;
}

const given = (value: string | undefined): string | undefined => (value === "" ? undefined : value);
