import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";
import { Site } from "../support/site.ts";

type Document = { paths: { [path: string]: { [method: string]: { tags: [string] } } } };

let site: Site;
beforeAll(async () => {
  site = await Site.start();
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

async function shown(): Promise<Page> {
  const page = await site.visit({ key: null });
  await page.goto("/docs");
  await page.getByRole("heading", { name: "depute", exact: true }).waitFor();
  return page;
}

/** The part of the page that tells of an operation, once it is there. */
async function section(page: Page, anchor: string) {
  await page.goto(`/docs#${anchor}`);
  const part = page.locator(`[id$="/${anchor}"]`).first();
  await part.waitFor();
  return part;
}

describe("GET /docs", () => {
  test("lists every operation of the document, without a key", async () => {
    const { body } = await site.server.client.call<Document>("GET", "/openapi.json");
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { tags }]) => ({ tag: tags[0].toLowerCase(), path, method: method.toUpperCase() })),
    );
    expect(operations.length).toBeGreaterThanOrEqual(58);
    const page = await shown();
    for (const [tag, own] of Map.groupBy(operations, (operation) => operation.tag)) {
      // Its entries in the contents are there once somebody looks at one of them.
      await page.goto(`/docs#tag/${tag}`);
      for (const { method, path } of own) await page.locator(`a[href="#tag/${tag}/${method}${path}"]`).first().waitFor();
    }
  });

  test("shows a call for a shell", async () => {
    const part = await section(await shown(), "tag/models/POST/v1/models/select");
    await part.getByText('"$DEPUTE_URL/v1/models/select"').waitFor();
  });

  test("sends a request to try with the key that is typed in, and shows the answer", async () => {
    const page = await shown();
    await page.getByPlaceholder("Token").first().fill(ADMIN_KEY);
    const part = await section(page, "tag/models/POST/v1/models/select");
    await part.getByRole("button", { name: "Test Request" }).click();
    const answered = page.waitForResponse((response) => response.url().endsWith("/v1/models/select"));
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Send post request/i })
      .first()
      .click();
    expect((await answered).status()).toBe(200);
    await page.getByRole("dialog").getByText("200 OK").waitFor();
  });

  test("keeps no key: whoever loads it again has to type it in again", async () => {
    const page = await shown();
    await page.getByPlaceholder("Token").first().fill(ADMIN_KEY);
    await section(page, "tag/models/POST/v1/models/select");
    expect(await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")).not.toContain(ADMIN_KEY);
    await page.reload();
    expect(await page.getByPlaceholder("Token").first().inputValue()).toBe("");
  });
});
