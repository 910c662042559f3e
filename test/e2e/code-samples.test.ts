import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answered, type Documented, undocumentedIn } from "../support/answer-schema.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

type Sample = { lang: string; label: string; source: string };
type Operation = Documented & { operationId: string; "x-codeSamples": Sample[] };
type Document = {
  paths: { [path: string]: { [method: string]: Operation } };
  components: Parameters<typeof undocumentedIn>[1];
};

/** What makes comes before what reads, and what deletes comes last. */
const ORDER = ["put", "post", "get", "delete"];
const NOT_THE_CLIENTS = ["getHealth", "getOpenApiDocument"];

const folder = mkdtempSync(join(tmpdir(), "depute-samples-"));
let receiver: WebhookReceiver;
/** Everything that the samples name, twice: each language has a server of its own. */
let servers: { shell: E2eServer; typescript: E2eServer };
let document: Document;
let operations: Operation[];
beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  const start = () => E2eServer.start({ ALLOW_INSECURE_WEBHOOKS: "true" });
  servers = { shell: await start(), typescript: await start() };
  document = (await servers.shell.client.call<Document>("GET", "/openapi.json")).body;
  operations = ORDER.flatMap((method) => Object.values(document.paths).flatMap((methods) => methods[method] ?? []));
});
afterAll(async () => {
  await servers.shell[Symbol.asyncDispose]();
  await servers.typescript[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const sampleOf = (operation: Operation, lang: string): string | undefined =>
  operation["x-codeSamples"].find((sample) => sample.lang === lang)?.source;
/** Addresses are not the sample's. */
const addressed = (source: string): string => source.replaceAll("https://example.com/hooks/depute", receiver.url);

/** Makes what the samples name. The environment in which they run. */
async function environment({ client, url }: E2eServer): Promise<{ [name: string]: string }> {
  const made = async (method: string, path: string, body: object) => {
    const answer = await client.call<{ id: string }>(method, path, { body });
    expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
    return answer.body.id;
  };
  const held = { prompt: "Wait for somebody", provider: "claude", approval: "manual" };
  for (const task_id of ["long-review", "release-notes", "risky-migration", "old-draft"])
    await client.delegate({ ...held, task_id } as never);
  await client.delegate({ task_id: "task-auth-001", prompt: "Implement JWT authentication", provider: "claude" });
  await made("POST", "/v1/batches", { batch_id: "nightly-2026-11-22", tasks: [{ prompt: "Say hello", provider: "claude" }] });
  await made("POST", "/v1/flows", { flow_id: "readme-1", pattern: "improve", prompt: "Write a README", cycles: 1 });
  const KEY_ID = await made("POST", "/v1/keys", { name: "a build", scopes: ["read"] });
  const WEBHOOK_ID = await made("POST", "/v1/webhooks", { url: receiver.url, events: ["budget.exceeded"] });
  const DELIVERY_ID = await made("POST", `/v1/webhooks/${WEBHOOK_ID}/test`, {});
  await client.final("task-auth-001");
  return { DEPUTE_URL: url, DEPUTE_KEY: ADMIN_KEY, KEY_ID, WEBHOOK_ID, DELIVERY_ID };
}

async function answerOf(source: string, env: { [name: string]: string }): Promise<Answered> {
  const told = `curl() { command curl -w '%{stderr}%{http_code} %{content_type}' "$@"; }`;
  const { stdout, stderr } = await run("sh", ["-euc", `${told}\n${addressed(source)}`], { env: { ...process.env, ...env } });
  const [status, ...type] = stderr.split(" ");
  return { status: Number(status), type: type.join(" "), body: stdout };
}

describe("x-codeSamples", () => {
  test("every operation has one for a shell, and one in TypeScript but those that the client has no call for", () => {
    const without = (lang: string) =>
      operations.filter((operation) => sampleOf(operation, lang) === undefined).map(({ operationId }) => operationId);
    expect(operations.length).toBeGreaterThanOrEqual(58);
    expect(without("bash")).toEqual([]);
    expect(without("typescript").toSorted()).toEqual(NOT_THE_CLIENTS);
  });

  test("every one for a shell runs as it is, and is answered what the document says, and nothing else", async () => {
    const env = await environment(servers.shell);
    const wrong: unknown[] = [];
    for (const operation of operations) {
      const source = sampleOf(operation, "bash") ?? "";
      const answer = await answerOf(source, env);
      const undocumented = undocumentedIn(operation, document.components, answer);
      if (answer.status >= 300 || undocumented.length > 0)
        wrong.push([operation.operationId, answer.status, answer.type, answer.body.slice(0, 500), undocumented.slice(0, 5)]);
    }
    expect(wrong).toEqual([]);
  });

  test("every one in TypeScript has no type error, and runs as it is", async () => {
    const sources = operations.flatMap((operation) => sampleOf(operation, "typescript") ?? []);
    const [preamble] = /^import [\s\S]*?\nconst client = .*;\n/.exec(sources[0] ?? "") ?? [""];
    expect(sources.filter((source) => !source.startsWith(preamble))).toEqual([]);
    // One program: every sample begins with the same client, and what follows stands in a block of its own.
    const calls = sources.map((source) => `{${source.slice(preamble.length)}}\nprocess.stderr.write(".");\n`);
    const program = join(folder, "samples.mts");
    const source = addressed(`${preamble}${calls.join("")}`);
    writeFileSync(program, source);
    const compilerOptions = { noEmit: true, paths: { "depute/client": [join(root, "src/client/index.ts")] } };
    for (const part of ["node_modules", "package.json"]) symlinkSync(join(root, part), join(folder, part));
    const project = join(folder, "tsconfig.json");
    writeFileSync(project, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: [program] }));
    const types = await run(join(root, "node_modules/.bin/tsc"), ["-p", project]).catch((error: { stdout: string }) => error);
    expect(types.stdout).toBe("");

    const env = { ...process.env, ...(await environment(servers.typescript)) };
    const told = await run(process.execPath, ["--input-type=module-typescript", "--eval", source], {
      cwd: root,
      env,
      maxBuffer: 64e6,
    });
    expect(told.stderr).toBe(".".repeat(sources.length));
  });
});
