import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";
import { Site, signIn } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await Site.start();
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

const path = (page: Page): string => new URL(page.url()).pathname;
const heading = (page: Page) => page.getByRole("heading", { level: 1 });

async function workspaceKey(workspace: string): Promise<string> {
  const { status, body } = await site.server.client.call<{ key: { key: string } }>("POST", "/v1/workspaces", {
    body: { workspace },
  });
  expect(status).toBe(201);
  return body.key.key;
}

describe("signing in", () => {
  test("with a key leads to the overview, which names the workspace", async () => {
    const page = await site.visit({ key: null });
    await page.goto("/");
    expect(path(page)).toBe("/sign-in");
    await signIn(page, ADMIN_KEY);
    expect(path(page)).toBe("/");
    expect(await heading(page).textContent()).toBe("Overview");
    expect(await page.getByRole("banner").textContent()).toContain("default");
  });

  test("leads on to the page that was asked for", async () => {
    const page = await site.visit({ key: null });
    await page.goto("/delegations?status=failed");
    await signIn(page, ADMIN_KEY);
    expect(page.url()).toBe(`${site.server.url}/delegations?status=failed`);
  });

  test.each([
    ["an unknown key", `dpt_${"x".repeat(43)}`],
    ["a text that is no key", "päßword"],
  ])("with %s is refused in words, and nobody is signed in", async (_, key) => {
    const page = await site.visit({ key: null });
    await page.goto("/sign-in");
    await page.getByLabel("Key", { exact: true }).fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toMatch(/key/i);
    expect(await page.content()).not.toContain(key);
    await page.goto("/delegations");
    expect(path(page)).toBe("/sign-in");
  });

  test("keeps the session from scripts, and from other sites", async () => {
    const page = await site.visit();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    expect(decodeURIComponent(cookie?.value ?? "")).not.toContain(ADMIN_KEY);
  });
});

describe("signing out", () => {
  test("ends the session: the next page asks for a key, also from the browser's memory", async () => {
    const page = await site.visit();
    await page.goto("/delegations");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/sign-in");
    expect(await page.context().cookies()).toEqual([]);
    await page.goBack();
    await expect.poll(() => path(page)).toBe("/sign-in");
  });
});

describe("a session", () => {
  test("of one workspace never sees a task of another: it is not there", async () => {
    const [mine, theirs] = [await workspaceKey("red"), await workspaceKey("blue")];
    const { body } = await site.server.client.post(
      { task_id: "of-red", prompt: simulate({ text: "seen by red" }) },
      bearer(mine),
    );
    expect(body).toMatchObject({ task_id: "of-red" });
    const own = await site.visit({ key: mine });
    expect((await own.goto("/delegations/of-red"))?.status()).toBe(200);
    const other = await site.visit({ key: theirs });
    expect((await other.goto("/delegations/of-red"))?.status()).toBe(404);
    expect(await other.getByRole("main").textContent()).not.toContain("seen by red");
    await other.goto("/delegations");
    expect(await other.content()).not.toContain("of-red");
  });

  test("ends with its key: once that is revoked the next page asks for another", async () => {
    const made = { name: "short-lived", scopes: ["read", "delegate"] };
    const { body } = await site.server.client.call<{ id: string; key: string }>("POST", "/v1/keys", { body: made });
    const page = await site.visit({ key: body.key });
    await page.goto("/delegations");
    expect(path(page)).toBe("/delegations");
    await site.server.client.call("DELETE", `/v1/keys/${body.id}`);
    await expect.poll(async () => (await page.goto("/delegations")) && path(page)).toBe("/sign-in");
    expect(await page.context().cookies()).toEqual([]);
  });
});

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
