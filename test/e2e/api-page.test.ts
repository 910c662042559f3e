import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StartProcesses } from "../support/start-process.ts";

const processes = new StartProcesses();
let url: string;
beforeAll(async () => {
  url = await processes.start().ready;
});
afterAll(() => processes.clean());

describe("GET /docs", () => {
  test("every script of the page is served with it, and is what the pinned package has", async () => {
    const html = await (await fetch(`${url}/docs`)).text();
    const scripts = [...html.matchAll(/<script src="([^"]*)"/g)].map(([, path = ""]) => path);
    expect(scripts).toEqual(["/docs/scalar.js"]);
    const served = await fetch(`${url}${scripts[0]}`);
    expect([served.status, served.headers.get("content-type")]).toEqual([200, expect.stringMatching(/^text\/javascript\b/)]);
    const own = readFileSync(join(dirname(fileURLToPath(import.meta.resolve("@scalar/api-reference"))), "browser/standalone.js"));
    expect(own.equals(Buffer.from(await served.arrayBuffer()))).toBe(true);
  });
});
