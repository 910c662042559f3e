import type { Page } from "playwright-core";

/** The path of the page that is shown, with its query. */
export function addressOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

/** What the main part of the page says, as one would read it. */
export const wordsOf = (page: Page): Promise<string> => page.getByRole("main").innerText();

/** Whether a page is wider than its window, in which case one would have to scroll sideways. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>("document.documentElement.scrollWidth > document.documentElement.clientWidth");

/** Marks the page as it is loaded now; `isStillLoaded` tells whether it was loaded again since. */
export const markLoaded = (page: Page): Promise<unknown> => page.evaluate("window.loadedBefore = true");

export const isStillLoaded = (page: Page): Promise<boolean> => page.evaluate<boolean>("window.loadedBefore === true");
