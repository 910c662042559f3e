import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium as driver, type Page } from "playwright-core";
import { CHROMIUM_ARGS, chromium } from "./screens/chromium.ts";
import { LIVE } from "./screens/live-answer.ts";
import { adminKey } from "./start/kept-secret.ts";
import { runningUrl } from "./start/state-lock.ts";
import { stopServer } from "./start/stop-server.ts";

/** Takes pictures of the dashboard after a run of the demo: `npm run screens` puts them into dist/screens. */
const FOLDER = resolve("dist/screens");
const SIZES = { desktop: { width: 1_280, height: 800 }, phone: { width: 390, height: 844 } };
const COLOURS = ["light", "dark"] as const;
/** Of the answer that streams, at least so much is in its picture. */
const ENOUGH = /[\s\S]{300}/;

type Shown = { url: string; key: string };
type Picture = { name: string; path: string; ready: (page: Page) => Promise<unknown> };

async function screens(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "depute-screens-"));
  const state = join(work, ".wrangler/state");
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "demo.ts"), "--port", "0"], {
      cwd: work,
    });
    const flow = /\/v1\/flows\/([\w.-]+)/.exec(stdout)?.[1];
    const url = runningUrl(state);
    if (url === undefined || flow === undefined) throw new Error(`The demo left nothing to show:\n${stdout}`);
    await takeAll({ url, key: adminKey(state) }, flow);
  } finally {
    await stopServer(state);
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function takeAll(shown: Shown, flow: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const browser = await driver.launch({ executablePath: chromium(), args: CHROMIUM_ARGS });
  try {
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      for (const colours of COLOURS) {
        const live = await delegate(shown);
        for (const picture of picturesOf(flow, live)) await take(browser, shown, { ...picture, size, colours });
      }
    }
  } finally {
    await browser.close();
  }
}

const picturesOf = (flow: string, live: string): Picture[] => [
  { name: "delegation-live", path: `/delegations/${live}`, ready: streams },
  { name: "overview", path: "/", ready: (page) => page.getByRole("img", { name: "Cost by day and model" }).waitFor() },
  { name: "flow-consensus", path: `/flows/${flow}`, ready: (page) => page.getByRole("heading", { name: "Synthesis" }).waitFor() },
  { name: "costs", path: "/costs", ready: (page) => page.getByRole("img", { name: "Cost by day and model" }).waitFor() },
];

const streams = (page: Page) => page.locator('[data-delta="agent_message"]').filter({ hasText: ENOUGH }).waitFor();

type Take = Picture & { size: keyof typeof SIZES; colours: (typeof COLOURS)[number] };

async function take(browser: Browser, { url, key }: Shown, { name, path, ready, size, colours }: Take): Promise<void> {
  const context = await browser.newContext({ baseURL: url, viewport: SIZES[size], colorScheme: colours });
  const page = await context.newPage();
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByRole("textbox", { name: "Key" }).fill(key);
  await page.keyboard.press("Enter");
  await page.waitForURL((at) => at.pathname === path);
  await ready(page);
  const file = join(FOLDER, `${name}-${size}-${colours}.png`);
  await page.screenshot({ path: file, fullPage: true });
  console.log(relative("", file));
  await context.close();
}

/** Delegates what is looked at while it is answered; gives its id. */
async function delegate({ url, key }: Shown): Promise<string> {
  const answer = await fetch(`${url}/v1/delegations`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(LIVE),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { task_id: string }).task_id;
}

await screens();
