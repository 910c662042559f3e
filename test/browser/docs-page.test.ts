import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Site } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await Site.start();
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

describe("/docs", () => {
  test("opens for anybody at the operation that is chosen, asks nobody else for anything, and leaves the console empty", async () => {
    const page = await site.visit({ key: null });
    await page.goto("/docs");
    const menu = page.getByRole("complementary");
    await menu.getByRole("button", { name: "Open Group - Delegations" }).click();
    const shown = menu.locator('a[href$="/POST/v1/delegations"]');
    await shown.click();
    await page.getByRole("main").getByText("/v1/delegations", { exact: true }).first().waitFor();
    expect(await page.getByRole("heading", { level: 1 }).first().innerText()).toBe("depute");
  });
});
