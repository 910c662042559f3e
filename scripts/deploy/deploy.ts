import type { Wrangler } from "./wrangler.ts";

const DATABASE = "depute";
const QUEUES = ["delegations", "webhooks"];
const PLACEHOLDER = "00000000-0000-0000-0000-000000000000";
const VENDOR_SECRETS = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "COPILOT_GITHUB_TOKEN", "COMPATIBLE_ENDPOINTS"];

/** Where the committed configuration is read, where the account's own is written, and where lines for people go. */
export type Surroundings = { configuration: string; writeConfiguration(text: string): string; say(line: string): void };

/**
 * Puts the Worker on the account, in an order that can be broken off and run again: the database and the queues if
 * they are missing, the migrations, the Worker, then what is still to be set by hand.
 */
export async function deploy(wrangler: Wrangler, { configuration, writeConfiguration, say }: Surroundings): Promise<void> {
  const id = (await databaseId(wrangler)) ?? (await createDatabase(wrangler, say));
  for (const queue of QUEUES) await ensureQueue(queue, wrangler, say);
  const config = ["--config", writeConfiguration(withDatabase(configuration, id))];
  await wrangler.show(["d1", "migrations", "apply", "DB", "--remote", ...config]);
  await wrangler.show(["deploy", ...config]);
  for (const line of missingSecrets(await secretNames(wrangler, config))) say(line);
}

/** Builds the Worker as a deploy would, says how large it is, and asks the account for nothing. */
export async function dryRun(wrangler: Wrangler): Promise<void> {
  await wrangler.show(["deploy", "--dry-run", "--config", "wrangler.toml"]);
}

/** The committed wrangler.toml with the account's database in it. Throws when its place is not there. */
export function withDatabase(configuration: string, id: string): string {
  if (!configuration.includes(PLACEHOLDER)) throw new Error(`wrangler.toml lacks the database id ${PLACEHOLDER}`);
  return configuration.replace(PLACEHOLDER, id);
}

/** What to set by hand, given the names of the secrets that are set. */
export function missingSecrets(names: readonly string[]): string[] {
  const lines: string[] = [];
  if (!names.includes("DEPUTE_ADMIN_KEY")) {
    lines.push("DEPUTE_ADMIN_KEY is not set: until it is (20 characters at least), every call is answered 503. Set it:");
    lines.push(put("DEPUTE_ADMIN_KEY"));
  }
  if (!names.includes("DEPUTE_SECRET")) {
    lines.push(
      "DEPUTE_SECRET is not set: until it is (32 random characters at least), there are no webhooks, and nobody can sign in to the dashboard. Set it:",
    );
    lines.push(put("DEPUTE_SECRET"));
  }
  if (!VENDOR_SECRETS.some((name) => names.includes(name))) {
    lines.push("No vendor's key is set. Set those you have, e.g.:", put("ANTHROPIC_API_KEY"));
  }
  return lines;
}

const put = (name: string) => `  npx wrangler secret put ${name} --config wrangler.deploy.toml`;

async function databaseId(wrangler: Wrangler): Promise<string | undefined> {
  const databases = json<{ name: string; uuid: string }>(await wrangler.read(["d1", "list", "--json"]));
  return databases.find(({ name }) => name === DATABASE)?.uuid;
}

async function createDatabase(wrangler: Wrangler, say: (line: string) => void): Promise<string> {
  say(`Creating the D1 database ${DATABASE}.`);
  await wrangler.read(["d1", "create", DATABASE]);
  const id = await databaseId(wrangler);
  if (id === undefined) throw new Error(`The D1 database ${DATABASE} was created, but the account does not list it`);
  return id;
}

/** wrangler fails to show a queue that is not there; if it fails for another reason, so does the creation, and says why. */
async function ensureQueue(queue: string, wrangler: Wrangler, say: (line: string) => void): Promise<void> {
  try {
    await wrangler.read(["queues", "info", queue]);
  } catch {
    say(`Creating the queue ${queue}.`);
    await wrangler.read(["queues", "create", queue]);
  }
}

async function secretNames(wrangler: Wrangler, config: string[]): Promise<string[]> {
  const secrets = json<{ name: string }>(await wrangler.read(["secret", "list", "--format", "json", ...config]));
  return secrets.map(({ name }) => name);
}

/** The list in wrangler's output, which may have lines of its own before it. */
function json<T>(output: string): T[] {
  const start = output.indexOf("[");
  if (start < 0) throw new Error(`wrangler answered no list: ${output}`);
  return JSON.parse(output.slice(start)) as T[];
}
