import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { deploy, dryRun, missingSecrets, withDatabase } from "../../../../scripts/deploy/deploy.ts";
import type { Wrangler } from "../../../../scripts/deploy/wrangler.ts";

const committed = readFileSync(join(import.meta.dirname, "../../../../wrangler.toml"), "utf8");
const ID = "11111111-2222-3333-4444-555555555555";

/** An account as wrangler shows it; every command is kept. */
function account(start: { databases?: string[]; queues?: string[]; secrets?: string[]; fails?: string } = {}) {
  const databases = [...(start.databases ?? [])];
  const commands: string[] = [];
  const answer = (args: string[]): string => {
    const command = args.join(" ");
    commands.push(command);
    if (start.fails !== undefined && command.startsWith(start.fails)) throw new Error(`${start.fails} failed`);
    if (command.startsWith("queues info ") && !start.queues?.includes(args[2] ?? "")) throw new Error("No such queue");
    if (command.startsWith("d1 create ")) databases.push(args[2] ?? "");
    if (command.startsWith("d1 list")) return JSON.stringify(databases.map((name) => ({ name, uuid: ID })));
    if (command.startsWith("secret list")) return `A notice\n${JSON.stringify((start.secrets ?? []).map((name) => ({ name })))}`;
    return "";
  };
  const wrangler: Wrangler = { read: async (args) => answer(args), show: async (args) => void answer(args) };
  return { wrangler, commands };
}

async function deployed(start: Parameters<typeof account>[0] = {}) {
  const { wrangler, commands } = account(start);
  const said: string[] = [];
  let written = "";
  const surroundings = {
    configuration: committed,
    writeConfiguration: (text: string) => {
      written = text;
      return "own.toml";
    },
    say: (line: string) => said.push(line),
  };
  const error = await deploy(wrangler, surroundings).catch((reason: unknown) => reason);
  return { commands, said: said.join("\n"), written, error };
}

describe("deploy", () => {
  test("a database and queues that are missing are made, then the migrations, then the Worker follow", async () => {
    const { commands, written } = await deployed();
    expect(commands).toEqual([
      "d1 list --json",
      "d1 create depute",
      "d1 list --json",
      "queues info delegations",
      "queues create delegations",
      "queues info webhooks",
      "queues create webhooks",
      "d1 migrations apply DB --remote --config own.toml",
      "deploy --config own.toml",
      "secret list --format json --config own.toml",
    ]);
    expect(written).toContain(`database_id = "${ID}"`);
  });

  test("a database and queues that are there are used", async () => {
    const { commands } = await deployed({ databases: ["other", "depute"], queues: ["delegations", "webhooks"] });
    expect(commands).not.toContain("d1 create depute");
    expect(commands.filter((command) => command.startsWith("queues create"))).toEqual([]);
  });

  test("nothing is deployed on a database whose migrations failed", async () => {
    const { commands, error } = await deployed({ fails: "d1 migrations" });
    expect(error).toEqual(new Error("d1 migrations failed"));
    expect(commands).not.toContain("deploy --config own.toml");
  });

  test("what is still to be set is said with the command for it", async () => {
    expect((await deployed()).said).toContain("npx wrangler secret put DEPUTE_ADMIN_KEY --config wrangler.deploy.toml");
    expect(
      (
        await deployed({
          databases: ["depute"],
          queues: ["delegations", "webhooks"],
          secrets: ["DEPUTE_ADMIN_KEY", "DEPUTE_SECRET", "GEMINI_API_KEY"],
        })
      ).said,
    ).toBe("");
  });
});

describe("dryRun", () => {
  test("asks the account for nothing", async () => {
    const { wrangler, commands } = account();
    await dryRun(wrangler);
    expect(commands).toEqual(["deploy --dry-run --config wrangler.toml"]);
  });
});

describe("withDatabase", () => {
  test("changes the id and nothing else", () => {
    const changed = withDatabase(committed, ID);
    expect(changed.replace(ID, "00000000-0000-0000-0000-000000000000")).toBe(committed);
  });

  test("refuses a configuration that has no place for it", () => {
    expect(() => withDatabase("name = 'x'", ID)).toThrow("lacks the database id");
  });
});

describe("missingSecrets", () => {
  test.each([
    [["DEPUTE_ADMIN_KEY", "DEPUTE_SECRET", "OPENAI_API_KEY"], 0],
    [["DEPUTE_ADMIN_KEY", "OPENAI_API_KEY"], 2],
    [["OPENAI_API_KEY", "DEPUTE_SECRET"], 2],
    [["DEPUTE_ADMIN_KEY", "DEPUTE_SECRET"], 2],
    [[], 6],
  ])("of %j it says %i lines", (names, lines) => expect(missingSecrets(names)).toHaveLength(lines));
});
