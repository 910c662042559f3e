import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { isTooWide, wordsOf } from "../support/page-answers.ts";
import { Site } from "../support/site.ts";

/** All that would do something if it were markup. What of it became an element is found by its attribute. */
const HOSTILE = [
  "</pre></section></main><script data-hostile>window.ran = true; alert(1)</script>",
  '<img data-hostile src="x" onerror="window.ran = true"><svg data-hostile onload="window.ran = true"><script>window.ran = true</script></svg>',
  '<a data-hostile href="javascript:window.ran = true">click</a> [click](javascript:window.ran=true) javascript:window.ran=true',
  '<iframe data-hostile srcdoc="<script>parent.ran = true</script>"></iframe><base data-hostile href="https://elsewhere.invalid/">',
  '<meta data-hostile http-equiv="refresh" content="0; url=https://elsewhere.invalid/"><form data-hostile action="https://elsewhere.invalid/"><button>go</button></form>',
  '<style data-hostile>* { display: none }</style><link data-hostile rel="stylesheet" href="https://elsewhere.invalid/x.css">',
  '"><template data-hostile shadowrootmode="open"></template> {{constructor}} &lt;b&gt; &amp; \u202Etxet desrever\u202C',
].join("\n");
const TEXT = `${HOSTILE}\n${"w".repeat(5_000)}\n`;
const TIMES = Math.ceil(200_000 / TEXT.length);
const PROMPT = simulate({ text: TEXT, repeat: TIMES, delta_chars: 4_000 }, HOSTILE);

let site: Site;
beforeAll(async () => {
  site = await Site.start();
  const { client } = site.server;
  await client.delegate({ task_id: "hostile", prompt: PROMPT, properties: { '"><b data-hostile>': HOSTILE.slice(0, 500) } });
  await client.final("hostile");
  await client.call("POST", "/v1/batches", {
    body: { batch_id: "hostile-batch", tasks: [{ prompt: PROMPT }, { prompt: PROMPT }] },
  });
  const steps = [
    { name: "one", prompt: PROMPT },
    { name: "two", prompt: "{{input}}" },
  ];
  await client.call("POST", "/v1/flows", { body: { flow_id: "hostile-flow", pattern: "chain", input: HOSTILE, steps } });
  await client.call("GET", "/v1/batches/hostile-batch?wait=55");
  await client.call("GET", "/v1/flows/hostile-flow?wait=55");
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

async function expectInert(page: Page): Promise<void> {
  expect(await page.evaluate("window.ran")).toBeUndefined();
  expect(await page.locator("[data-hostile]").count()).toBe(0);
  expect(await page.locator("main a[href^='javascript:' i]").count()).toBe(0);
  expect(await page.evaluate("document.scripts.length")).toBe(1);
}

describe("an output full of markup, 200 KB long", () => {
  test.each([
    "/",
    "/delegations",
    "/delegations/hostile",
    "/batches",
    "/batches/hostile-batch",
    "/flows",
    "/flows/hostile-flow",
    "/costs",
  ])("is text and nothing else on %s, and the page goes on working", async (path) => {
    const page = await site.visit();
    await page.goto(path);
    await expectInert(page);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Providers" }).click();
    await page.waitForURL("**/providers");
  });

  test("is all there, letter by letter", async () => {
    const page = await site.visit();
    await page.goto("/delegations/hostile");
    expect(await page.locator("#answer pre").last().textContent()).toBe(TEXT.repeat(TIMES));
    expect(await wordsOf(page)).toContain("<script data-hostile>window.ran = true; alert(1)</script>");
  });

  test.each(["/delegations/hostile", "/batches/hostile-batch", "/flows/hostile-flow", "/delegations", "/"])(
    "makes no page wider than a phone: %s",
    async (path) => {
      const page = await site.visit({ viewport: { width: 390, height: 844 } });
      await page.goto(path);
      expect(await isTooWide(page)).toBe(false);
    },
  );

  test("is as inert while it streams into a page that is looked at", async () => {
    const lasting = simulate({ text: `${HOSTILE}\n`, repeat: 200, delta_chars: 300, delay_ms: 50 });
    await site.server.client.delegate({ task_id: "hostile-live", prompt: lasting });
    const page = await site.visit();
    await page.goto("/delegations/hostile-live");
    const answer = page.getByLabel("The answer as it comes");
    await expect.poll(async () => (await answer.textContent())?.split("desrever").length).toBeGreaterThan(3);
    await expectInert(page);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("region", { name: "State" }).locator('[data-status="cancelled"]').waitFor();
    await expectInert(page);
  });

  test("is as inert where people write it: in agents and in the names of keys", async () => {
    const name = "<script data-hostile>window.ran = true</script>";
    const { client } = site.server;
    const saved = await client.call("PUT", "/v1/agents/hostile", { body: { description: name, system: HOSTILE } });
    expect(saved.status).toBeLessThan(300);
    const made = await client.call("POST", "/v1/keys", { body: { name, scopes: ["read"] } });
    const page = await site.visit();
    for (const path of ["/agents", "/keys", "/audit", "/delegate"]) {
      expect((await page.goto(path))?.status()).toBe(200);
      await expectInert(page);
    }
    expect(made.status).toBe(201);
  });
});
