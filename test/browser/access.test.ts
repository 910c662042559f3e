import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { seriousViolations } from "../support/accessibility.ts";
import { addressOf, isTooWide } from "../support/page-answers.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";
import { Site } from "../support/site.ts";
import { makeHistory } from "../support/site-history.ts";

const PHONE = { width: 390, height: 844 };

let site: Site;
let details: string[];
beforeAll(async () => {
  site = await Site.start();
  details = await makeHistory(site);
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

/** Every page there is to look at: those of the navigation, and one of each kind that they lead to. */
async function everyPath(page: Page): Promise<string[]> {
  await page.goto("/");
  const links = await page.getByRole("navigation", { name: "Pages" }).getByRole("link").all();
  const paths = await Promise.all(links.map((link) => link.getAttribute("href")));
  expect(paths.length).toBeGreaterThan(10);
  return [...paths.flatMap((path) => path ?? []), ...details];
}

/** What `find` finds on each page, by its path; only pages on which it finds something. */
async function onEveryPage(page: Page, find: () => Promise<string[]>): Promise<{ [path: string]: string[] }> {
  const found: { [path: string]: string[] } = {};
  for (const path of await everyPath(page)) {
    await page.goto(path);
    const here = await find();
    if (here.length > 0) found[path] = here;
  }
  return found;
}

/** Presses Tab until `wanted` has the focus; every stop on the way must be seen to have it. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let stop = 0; stop < 100; stop += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate<{ name: string; outline: string }>(
      "(({ innerText, textContent }, { outlineStyle, outlineWidth }) => ({ name: (innerText ?? textContent ?? '').trim(), outline: outlineStyle + ' ' + outlineWidth }))(document.activeElement, getComputedStyle(document.activeElement))",
    );
    expect([focus.name, focus.outline]).not.toEqual([focus.name, expect.stringMatching(/^none| 0px$/)]);
    if (focus.name === wanted) return;
  }
  throw new Error(`Tab never reaches ${wanted}`);
}

describe("every page", () => {
  test.each(["light", "dark"] as const)("has nothing that axe-core finds serious, in %s colours", async (colorScheme) => {
    const page = await site.visit({ colorScheme });
    expect(await onEveryPage(page, () => seriousViolations(page))).toEqual({});
  });

  test("has nothing that axe-core finds serious on a phone", async () => {
    const page = await site.visit({ viewport: PHONE });
    expect(await onEveryPage(page, () => seriousViolations(page))).toEqual({});
  });

  test("is no wider than a phone", async () => {
    const page = await site.visit({ viewport: PHONE });
    expect(await onEveryPage(page, async () => ((await isTooWide(page)) ? ["too wide"] : []))).toEqual({});
  });

  test("shows on a phone where in the navigation one is", async () => {
    const page = await site.visit({ viewport: PHONE });
    const current = page.getByRole("navigation", { name: "Pages" }).locator("[aria-current=page]");
    const inView = async () => {
      const { x, width } = (await current.boundingBox()) ?? { x: -1, width: 0 };
      return x >= 0 && x + width <= PHONE.width;
    };
    expect(await onEveryPage(page, async () => ((await inView()) ? [] : ["out of sight"]))).toEqual({});
  });

  test("is called by a title of its own, and has one heading of the first rank", async () => {
    const page = await site.visit();
    const titles = new Set<string>();
    const wrong = await onEveryPage(page, async () => {
      titles.add(await page.title());
      const headings = await page.getByRole("heading", { level: 1 }).count();
      return headings === 1 ? [] : [`${headings} first headings`];
    });
    expect(wrong).toEqual({});
    expect(titles.size).toBe((await everyPath(page)).length);
  });
});

describe("the sign-in page", () => {
  test.each(["light", "dark"] as const)("has nothing that axe-core finds serious, in %s colours", async (colorScheme) => {
    const page = await site.visit({ key: null, colorScheme, viewport: PHONE });
    await page.goto("/sign-in");
    expect(await seriousViolations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
  });

  test("needs no more than a keyboard", async () => {
    const page = await site.visit({ key: null });
    await page.goto("/delegations");
    await page.keyboard.type(ADMIN_KEY);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/delegations");
  });
});

describe("with a keyboard alone", () => {
  test("the first stop skips the navigation: the next one is in the content", async () => {
    const page = await site.visit();
    await page.goto("/delegations");
    await tabTo(page, "Skip to the content");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("main");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
  });

  test("one is delegated and cancelled, and every stop on the way is seen to have the focus", async () => {
    const page = await site.visit();
    await page.goto("/");
    await tabTo(page, "Delegate");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/delegate");
    await page.getByLabel("Prompt").focus();
    await page.keyboard.insertText('@simulate {"text":"x","headers_ms":600000}');
    await tabTo(page, "Delegate");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/delegations/*");
    expect(addressOf(page)).not.toBe("/delegations/running");
    await tabTo(page, "Cancel");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "State" }).locator('[data-status="cancelled"]').waitFor();
  });
});
