import { beforeAll, describe, expect, test } from "vitest";
import { PAGES } from "../../../src/dashboard/pages.ts";
import { call, send } from "../../support/api-client.ts";
import { signedIn, Visitor } from "../../support/dashboard.ts";
import { type Seeds, seed } from "../../support/seeded-workspace.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

const keys = { admin: "", stranger: "", powerless: "" };
let visitor: Visitor;
let seeds: Seeds;
beforeAll(async () => {
  keys.admin = (await makeWorkspace()).key.key;
  keys.stranger = (await makeWorkspace()).key.key;
  keys.powerless = (await makeKey({ scopes: ["approve"] }, keys.admin)).key;
  await call("PUT", "/v1/budgets/first", { key: keys.admin, body: { scope: "workspace", period: "total", limit: 1_000 } });
  seeds = await seed(keys.admin);
  visitor = await signedIn(keys.admin);
}, 30_000);

const SEEDED: { readonly [page: string]: string } = { webhooks: "webhooks/webhook_id" };

/** The page's path with what was seeded; a page of something else seeds it itself. */
const pathOf = (path: string): string =>
  path.replaceAll(/\/(\w+)\/:(\w+)/g, (_, page: string, name: string) => {
    const id = seeds.ids[SEEDED[page] ?? `${page}/${name}`];
    if (id === undefined) throw new Error(`nothing is seeded for ${path}`);
    return `/${page}/${id}`;
  });

describe.each(PAGES.map(({ path }) => path))("GET %s", (path) => {
  test("shows a whole page that runs nothing but the site's own script and style", async () => {
    const { status, headers, text } = await visitor.get(pathOf(path));
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/html/);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text.match(/<script[^>]*>[^<]*/g)).toEqual(['<script type="module" src="/app.js">']);
    expect(text).not.toMatch(/<style|<[^>]* (?:style|on[a-z]+)=/i);
    expect(text).toMatch(/^<!doctype html><html lang="en">/);
    expect(text).toContain('<main id="main"');
    expect(text).toContain("The vendors are simulated");
  });

  test("never shows the key that was signed in with", async () => {
    expect((await visitor.get(pathOf(path))).text).not.toContain(keys.admin);
  });

  test("is told in the API's words to a key that may not read it", async () => {
    const powerless = await signedIn(keys.powerless);
    const { status, text } = await powerless.get(pathOf(path));
    expect([200, 403]).toContain(status);
    expect(text).toMatch(/scope|Your key may not/);
  });
});

describe.each(PAGES.map(({ path }) => path).filter((path) => path.includes(":")))("GET %s", (path) => {
  test("is not there for another workspace", async () => {
    const stranger = await signedIn(keys.stranger);
    const { status, text } = await stranger.get(pathOf(path));
    expect([404, 403]).toContain(status);
    expect(text.replaceAll(Object.values(seeds.ids)[0] ?? "", "")).not.toContain("data-live");
  });
});

describe("the navigation", () => {
  test("leads to every page that has a word in it, and says which one is shown", async () => {
    const { text } = await visitor.get("/delegations");
    for (const { path, nav } of PAGES) if (nav !== undefined) expect(text).toContain(`href="${path}"`);
    expect(text.match(/aria-current="page"/g)).toHaveLength(1);
  });
});

describe("what is wrong with an address", () => {
  test("is told in the API's words, with its status", async () => {
    const { status, text } = await visitor.get("/delegations?status=nonsense");
    expect([status, text]).toEqual([400, expect.stringContaining('role="alert"')]);
    expect(text).toContain("<code>status");
  });

  test("an id nobody has is 404", async () => {
    const { status, text } = await visitor.get("/delegations/no-such-task");
    expect([status, text]).toEqual([404, expect.stringContaining("no-such-task")]);
  });
});

describe("an event stream", () => {
  test("is the API's own for who is signed in, and 401 for others", async () => {
    const path = `/delegations/${seeds.ids["delegations/task_id"]}/events`;
    const followed = await send("GET", path, { key: null, headers: { cookie: visitor.cookie } });
    expect([followed.status, followed.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    await followed.body?.cancel();
    expect((await new Visitor().get(path)).status).toBe(401);
    expect((await (await signedIn(keys.stranger)).get(path)).status).toBe(404);
  });
});
