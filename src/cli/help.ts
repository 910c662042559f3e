import type { Command, Options } from "./command.ts";

/** What every command takes. */
export const COMMON_OPTIONS = {
  url: { type: "string", value: "URL", help: "the server; else DEPUTE_URL, the settings file, http://127.0.0.1:8787" },
  key: { type: "string", value: "KEY", help: "else DEPUTE_KEY, the settings file; what is typed here others may see" },
  json: { type: "boolean", help: "print the API's own JSON" },
  help: { type: "boolean", help: "print this" },
} as const satisfies Options;

const FOOT = `
Settings: --url and --key, else DEPUTE_URL and DEPUTE_KEY, else ~/.config/depute/config.json.
Exit codes: 0 done, 1 the work failed, 2 usage, 3 the API refused, 4 unreachable, 130 interrupted.
depute COMMAND --help tells more of one.
`;

/** What `depute --help` prints. */
export function overview(commands: { readonly [name: string]: Command }): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const);
  return `Usage: depute COMMAND [options] …\n\n${columns(lines)}${FOOT}`;
}

/** What `depute NAME --help` prints. */
export function commandHelp(name: string, { usage, summary, options }: Command): string {
  const lines = Object.entries({ ...options, ...COMMON_OPTIONS } as Options).map(([flag, option]) => {
    return [option.type === "string" ? `--${flag} ${option.value}` : `--${flag}`, option.help] as const;
  });
  return `${`Usage: depute ${name} ${usage}`.trimEnd()}\n\n${summary}\n\n${columns(lines)}`;
}

function columns(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join("");
}
