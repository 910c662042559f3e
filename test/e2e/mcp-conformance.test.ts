import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runConformance, type ScenarioResult } from "../../scripts/mcp/conformance.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";

const [, page = ""] = readFileSync(join(import.meta.dirname, "../../docs/mcp.md"), "utf8").split("\n## Conformance\n");

let server: E2eServer;
let results: ScenarioResult[];
beforeAll(async () => {
  server = await E2eServer.start();
  results = await runConformance(new URL("/mcp", server.url), ADMIN_KEY);
});
afterAll(() => server[Symbol.asyncDispose]());

const named = (which: (result: ScenarioResult) => boolean): string[] =>
  results
    .filter(which)
    .map(({ scenario }) => scenario)
    .toSorted();

test("every scenario of the official conformance tool that applies passes", () => {
  expect(named(({ passed, failed }) => passed > 0 && failed === 0)).toEqual([
    "dns-rebinding-protection",
    "ping",
    "resources-list",
    "server-initialize",
    "tools-list",
  ]);
});

test("the page lists each of the others with the reason why it does not apply, and no more", () => {
  const listed = [...page.matchAll(/^\| ((?:`[\w-]+`(?:, )?)+) \|/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
  );
  expect(listed.toSorted()).toEqual(named(({ passed, failed }) => failed > 0 || passed === 0));
});
