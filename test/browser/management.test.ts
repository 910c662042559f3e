import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { addressOf } from "../support/page-answers.ts";
import { Site, signIn } from "../support/site.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

let site: Site;
let receiver: WebhookReceiver;
beforeAll(async () => {
  site = await Site.start();
  receiver = await WebhookReceiver.start();
});
afterEach(() => site.endVisits());
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const row = (page: Page, table: string, text: string) =>
  page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: text });

/** What cannot be taken back is opened, read and then done. */
async function confirm(page: Page, at: ReturnType<typeof row>, deed: string): Promise<void> {
  await at.getByText(`${deed} …`).click();
  await at.getByRole("button", { name: deed, exact: true }).click();
  await page.waitForLoadState();
}

describe("the page of keys", () => {
  test("makes a key that is shown once and signs in, and revokes it", async () => {
    const page = await site.visit();
    await page.goto("/keys");
    await page.getByLabel("Name, as the books").fill("night-shift");
    await button(page, "Make the key").click();
    await page.getByText("This is shown once").waitFor();
    const key = await page.locator("#secret").innerText();
    expect(key).toMatch(/^dpt_/);
    const own = await site.visit({ key: null });
    await signIn(own, key);
    await page.getByRole("link", { name: "To all keys" }).click();
    await row(page, "Keys", "night-shift").waitFor();
    expect(await page.content()).not.toContain(key);
    await confirm(page, row(page, "Keys", "night-shift"), "Revoke");
    await row(page, "Keys", "night-shift").filter({ hasText: "revoked" }).waitFor();
    await expect.poll(async () => (await own.goto("/delegations")) && addressOf(own)).toMatch(/^\/sign-in/);
  });

  test("says what is wrong with a form, and keeps what was written", async () => {
    const page = await site.visit();
    await page.goto("/keys");
    const name = "n".repeat(500);
    await page.getByLabel("Name, as the books").fill(name);
    await button(page, "Make the key").click();
    expect(await page.getByRole("alert").innerText()).toContain("name");
    expect(await page.getByLabel("Name, as the books").inputValue()).toBe(name);
  });
});

describe("the page of agents", () => {
  test("saves a role that can be delegated to at once, and deletes it", async () => {
    const page = await site.visit();
    await page.goto("/agents");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("poet");
    await page.getByLabel("What it is for").fill("Writes verses");
    await page.getByLabel("System prompt").fill("You write verses.");
    await button(page, "Save").click();
    await row(page, "Agents", "Writes verses").waitFor();
    await page.goto("/delegate");
    await page.getByRole("combobox", { name: "Agent", exact: true }).selectOption("poet");
    await page.goto("/agents");
    await confirm(page, row(page, "Agents", "Writes verses"), "Delete");
    await expect.poll(() => row(page, "Agents", "Writes verses").count()).toBe(0);
  });
});

describe("the page of budgets", () => {
  test("sets a budget, which the overview shows, and deletes it", async () => {
    const page = await site.visit();
    await page.goto("/budgets");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("team-month");
    await page.getByLabel("Limit, US dollars").fill("12.5");
    await button(page, "Save").click();
    const saved = page.getByRole("region", { name: "team-month" });
    await saved.waitFor();
    expect(await saved.innerText()).toContain("$12.50");
    await site.server.client.delegate({ task_id: "first", prompt: simulate({ text: "spent" }) });
    await page.goto("/");
    await page.getByText("team-month").waitFor();
    await page.goto("/budgets");
    await saved.getByText("Delete …").click();
    await saved.getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => saved.count()).toBe(0);
  });
});

describe("the page of webhooks", () => {
  test("adds an address, sends it a test event, and shows what it answered", async () => {
    const page = await site.visit();
    await page.goto("/webhooks");
    await page.getByLabel("Public https address").fill(`${receiver.url}/hook`);
    await button(page, "Add it").click();
    expect(await page.locator("#secret").innerText()).toMatch(/^whsec_/);
    await page.getByRole("link", { name: "To the webhook" }).click();
    await button(page, "Send a test event").click();
    await row(page, "Deliveries", "webhook.test").filter({ hasText: "204" }).waitFor();
    expect(receiver.at("/hook").map(({ event }) => event.type)).toEqual(["webhook.test"]);
  });

  test("refuses an address that is none, in words", async () => {
    const page = await site.visit();
    await page.goto("/webhooks");
    await page.getByLabel("Public https address").fill("nowhere");
    await button(page, "Add it").click();
    expect(await page.getByRole("alert").innerText()).toContain("url");
    expect(await page.getByLabel("Public https address").inputValue()).toBe("nowhere");
  });
});

describe("the audit", () => {
  test("says who did what, and is narrowed by an address", async () => {
    await site.server.client.call("PUT", "/v1/agents/audited", { body: { description: "On record" } });
    const page = await site.visit();
    await page.goto("/audit?subject=audited");
    const rows = page.getByRole("table", { name: "Audit" }).getByRole("row");
    await expect.poll(async () => (await page.reload()) && rows.count()).toBe(2);
    expect(await rows.last().innerText()).toMatch(/owner[\s\S]*audited/);
  });
});
