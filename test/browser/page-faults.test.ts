import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_ARGS, chromium as program } from "../../scripts/screens/chromium.ts";
import { PageFaults } from "../support/page-faults.ts";

const POLICY = "default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src *; img-src 'self'";
const PAGES: { [path: string]: { status?: number; body: string } } = {
  "/sound": { body: "<h1>Sound</h1>" },
  "/refusal": { status: 402, body: "<h1>No money left</h1>" },
  "/broken": { status: 500, body: "<h1>Broken</h1>" },
  "/throws": { body: "<script>throw new Error('thrown here')</script>" },
  "/complains": { body: "<script>console.error('said here')</script>" },
  "/asks": { body: "<script>alert('asked here')</script>" },
  "/gone-image": { body: '<img src="/nowhere.png">' },
  "/elsewhere": { body: "<script>fetch('http://elsewhere.invalid/').catch(() => {})</script>" },
  "/inline-style": { body: '<p style="color: red">Red</p>' },
};

let server: Server;
let browser: Browser;
let origin: string;
beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    const { status = 200, body } = PAGES[url] ?? { status: 404, body: "nothing" };
    response.writeHead(status, { "content-type": "text/html", "content-security-policy": POLICY }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({ executablePath: program(), args: CHROMIUM_ARGS });
});
afterAll(async () => {
  await browser.close();
  server.close();
});

async function faultsOf(path: string): Promise<PageFaults> {
  const context = await browser.newContext({ baseURL: origin });
  const faults = new PageFaults(context, { origin, losesServer: false });
  const page = await context.newPage();
  await page.goto(path);
  return faults;
}

describe("PageFaults", () => {
  test.each(["/sound", "/refusal"])("finds none on %s", async (path) => {
    const faults = await faultsOf(path);
    expect(faults.list()).toEqual([]);
  });

  test.each([
    ["/broken", "500 from"],
    ["/throws", "thrown here"],
    ["/complains", "said here"],
    ["/asks", "alert dialog: asked here"],
    ["/gone-image", "404 from"],
    ["/elsewhere", "request to http://elsewhere.invalid/"],
    ["/inline-style", "Content Security Policy"],
  ])("finds the one of %s: %s", async (path, words) => {
    const faults = await faultsOf(path);
    await expect.poll(() => faults.list().join("\n")).toContain(words);
  });
});
