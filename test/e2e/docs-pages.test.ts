import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StartProcesses } from "../support/start-process.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

const docs = join(import.meta.dirname, "../../docs");

const processes = new StartProcesses();
const folder = mkdtempSync(join(tmpdir(), "depute-docs-"));
let receiver: WebhookReceiver;
let url: string;
beforeAll(async () => {
  const state = join(folder, ".wrangler/state");
  mkdirSync(state, { recursive: true });
  receiver = await WebhookReceiver.start();
  url = await processes.start({ state, settings: { ALLOW_INSECURE_WEBHOOKS: "true" } }).ready;
});
afterAll(async () => {
  await processes.clean();
  await receiver[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What a page has the reader paste, from its first block to its last; starting the server is done already. */
function linesOf(page: string): string {
  const blocks = [...readFileSync(join(docs, page), "utf8").matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  return blocks.filter((block) => !block.includes("npm start")).join("\n");
}

/** Every call says on a file of its own what it was answered. */
const CURL = `curl() { command curl -w '%{stderr}%{http_code} %{url_effective}\\n' "$@" 2>> calls; }`;

/** What a page's lines print, pasted into a shell in the folder of the state, and what each call of them was answered; addresses are not the page's. */
async function paste(page: string): Promise<{ printed: string; refused: string[]; calls: number }> {
  rmSync(join(folder, "calls"), { force: true });
  const lines = linesOf(page)
    .replaceAll("http://127.0.0.1:8787", url)
    .replaceAll("https://example.com/hooks/depute", receiver.url);
  const { stdout } = await promisify(execFile)("sh", ["-euc", `${CURL}\n${lines}`], { cwd: folder });
  const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  return { printed: stdout, refused: calls.filter((call) => !/^2\d\d /.test(call)), calls: calls.length };
}

/** How many requests a page's lines are to make. */
const callsOf = (page: string): number => linesOf(page).match(/\bcurl -s(?!S)|^ask /gm)?.length ?? 0;

describe("docs", () => {
  test("has no other pages with calls than those pasted here", () => {
    const pages = readdirSync(docs).filter((name) => name.endsWith(".md") && callsOf(name) > 0);
    expect(pages).toEqual(["budgets.md", "flows.md", "history.md", "keys.md", "webhooks.md"]);
  });

  test.each(["budgets.md", "history.md", "keys.md"])("the lines of %s work as pasted, one after another", async (page) => {
    const { refused, calls } = await paste(page);
    expect(refused).toEqual([]);
    expect(calls).toBe(callsOf(page));
    expect(calls).toBeGreaterThanOrEqual(5);
  });

  test("the lines of flows.md work as pasted, and every flow completes", async () => {
    const { printed, refused, calls } = await paste("flows.md");
    expect({ refused, calls }).toEqual({ refused: [], calls: callsOf("flows.md") });
    for (const pattern of ["chain", "consensus", "improve", "decompose"]) {
      expect(printed).toMatch(new RegExp(`"pattern":"${pattern}","status":"completed"`));
    }
    expect(printed).not.toContain('"status":"failed"');
    expect(printed).toContain("event: flow.completed");
  });

  test("the lines of webhooks.md work as pasted, and the endpoint is told of its test, always with the same id", async () => {
    const { refused, calls } = await paste("webhooks.md");
    expect({ refused, calls }).toEqual({ refused: [], calls: callsOf("webhooks.md") });
    const tests = () => receiver.received.filter(({ event }) => event.type === "webhook.test");
    // How often, the pace of the lines decides: what is being sent when it is asked for again is not sent twice.
    await expect.poll(() => tests().length).toBeGreaterThanOrEqual(1);
    expect(new Set(tests().map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });
});
