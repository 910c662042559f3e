import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { E2eServer } from "../support/e2e-server.ts";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start({});
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each([
  ["/app.css", "text/css"],
  ["/app.js", "text/javascript"],
  ["/favicon.svg", "image/svg+xml"],
])("GET %s", (path, type) => {
  test("is served as what it is, and asked for again each time, so that an upgrade shows at once", async () => {
    const response = await fetch(server.url + path);
    await response.arrayBuffer();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, expect.stringContaining(type)]);
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const headers = { "if-none-match": response.headers.get("etag") ?? "" };
    expect((await fetch(server.url + path, { headers })).status).toBe(304);
  });
});

test("what is no asset is the Worker's to answer", async () => {
  for (const path of ["/_headers", "/no-such-file.js"])
    expect([path, (await fetch(server.url + path)).status]).toEqual([path, 404]);
});
