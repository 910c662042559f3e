import { near } from "./near.ts";

/** What is said once the server answers: how to try it, where the key is, and that vendors are simulated, if they are. */
export function greeting(server: { url: string; keyFile: string | null; simulatorUrl: string | null; state: string }): string[] {
  const key = server.keyFile === null ? "$DEPUTE_ADMIN_KEY" : `$(cat ${quoted(server.keyFile)})`;
  return [
    ...(server.simulatorUrl === null
      ? []
      : [
          "",
          `No vendor key is set: the vendors are SIMULATED (${server.simulatorUrl}). Answers are canned, tokens and prices are made up.`,
          "For the real ones set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or COPILOT_GITHUB_TOKEN, here or in .dev.vars.",
        ]),
    "",
    `The dashboard is at ${server.url}/, the API's pages at ${server.url}/docs. Delegate a first prompt:`,
    "",
    `  curl -s ${server.url}/v1/delegations -H "Authorization: Bearer ${key}" \\`,
    `    -H 'Content-Type: application/json' -d '{"provider": "claude", "prompt": "Say hello"}'`,
    "",
    `The owner key is ${server.keyFile === null ? "the one in DEPUTE_ADMIN_KEY" : `in ${near(server.keyFile)}`}; everything is kept in ${near(server.state)}. Ctrl-C ends it.`,
  ];
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(near(path)) ? near(path) : `'${near(path).replaceAll("'", "'\\''")}'`;
}
