import { describe, expect, test } from "vitest";
import { call, type ProblemBody, send } from "../../support/api-client.ts";

const page = async () => {
  const response = await send("GET", "/docs", { key: null });
  return { response, html: await response.text() };
};

/** What Scalar is told. */
function configurationIn(html: string): { [name: string]: unknown } {
  const [, text = ""] = /data-configuration="([^"]*)"/.exec(html) ?? [];
  return JSON.parse(text.replaceAll("&quot;", '"').replaceAll("&amp;", "&")) as { [name: string]: unknown };
}

describe("GET /docs", () => {
  test("is a page that everybody may read", async () => {
    const { response, html } = await page();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
    expect(html).toMatch(/^<!doctype html>/);
  });

  test("runs scripts of its own only, and calls and is framed by nobody else", async () => {
    const policy = (await page()).response.headers.get("content-security-policy") ?? "";
    const directives = Object.fromEntries(policy.split("; ").map((directive) => directive.split(/ (.*)/s).slice(0, 2)));
    expect(directives).toMatchObject({
      "default-src": "'none'",
      "script-src": "'self'",
      "connect-src": "'self'",
      "frame-ancestors": "'none'",
      "base-uri": "'none'",
      "form-action": "'none'",
    });
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
  });

  test("names no address but its own, and has no script in it", async () => {
    const { html } = await page();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses).toEqual(["/favicon.svg", "/openapi.json", "/docs/scalar.js"]);
    expect(html).not.toMatch(/<script[^>]*>[^<]/);
    expect(html).not.toMatch(/https?:\/\//);
  });

  test("shows the document of this deployment, and sends nothing about its readers anywhere", async () => {
    const configuration = configurationIn((await page()).html);
    expect(configuration).toMatchObject({
      url: "/openapi.json",
      telemetry: false,
      withDefaultFonts: false,
      agent: { disabled: true },
      persistAuth: false,
    });
    expect(configuration).not.toHaveProperty("proxyUrl");
  });

  test("is where an unknown path sends the reader", async () => {
    const { status, body } = await call<ProblemBody>("GET", "/nowhere");
    expect([status, body.detail]).toEqual([404, expect.stringContaining("GET /docs ")]);
  });
});
