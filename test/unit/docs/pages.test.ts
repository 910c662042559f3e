import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksOf } from "../../support/markdown-page.ts";

const root = join(import.meta.dirname, "../../..");
const pages = globSync(["*.md", "docs/**/*.md"], { cwd: root }).toSorted();
const guides = globSync("docs/guides/*.md", { cwd: root });

/** Which test runs the blocks of a page in a language. */
const RUN_BY: { readonly [page: string]: { readonly [language: string]: string } } = {
  ...Object.fromEntries(guides.map((page) => [page, { sh: "e2e/docs-guides", ts: "e2e/docs-guides", json: "e2e/docs-guides" }])),
  "README.md": { sh: "e2e/docs-guides" },
  "docs/client.md": { sh: "e2e/docs-client", ts: "e2e/docs-client" },
  "docs/cli.md": { sh: "e2e/docs-cli" },
  "docs/budgets.md": { sh: "e2e/docs-pages" },
  "docs/flows.md": { sh: "e2e/docs-pages" },
  "docs/history.md": { sh: "e2e/docs-pages" },
  "docs/keys.md": { sh: "e2e/docs-pages" },
  "docs/webhooks.md": { sh: "e2e/docs-pages" },
};

/** Blocks that no test runs, and why. */
const NOT_RUN: { readonly [page: string]: { readonly [language: string]: string } } = {
  "DEPLOY.md": { sh: "needs an account", toml: "a name of one's own" },
  "docs/operations.md": { sh: "needs an account", json: "lines, as they are logged" },
  "ARCHITECTURE.md": { "": "a drawing" },
  "docs/dashboard.md": { "": "a header, as it is answered" },
  "docs/keys.md": { "": "headers, as they are answered" },
  "docs/webhooks.md": { ts: "a part of a receiver", json: "a body, as it is sent" },
  "docs/mcp.md": { json: "settings of other programs", toml: "settings of another program" },
  "docs/benchmarks.md": { sh: "measures for minutes", "": "what is printed" },
};

const text = (page: string): string => readFileSync(join(root, page), "utf8");

/** Where the links of a page go inside of the repository. */
const linksOf = (page: string): string[] =>
  [...text(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((target) => !/^(https?:|#)/.test(target));

describe("the documentation", () => {
  test("has no block that no test runs, but those that are named with the reason", () => {
    const unknown = pages.flatMap((page) =>
      blocksOf(join(root, page))
        .filter(({ language }) => RUN_BY[page]?.[language] === undefined && NOT_RUN[page]?.[language] === undefined)
        .map(({ language, line }) => `${page}:${line} ${language}`),
    );
    expect(unknown).toEqual([]);
  });

  test("has JSON in its blocks of JSON", () => {
    for (const page of pages) {
      for (const { text } of blocksOf(join(root, page)).filter(({ language }) => language === "json")) JSON.parse(text);
    }
  });

  test("is run by tests that exist", () => {
    const tests = new Set(Object.values(RUN_BY).flatMap((languages) => Object.values(languages)));
    expect([...tests].filter((name) => !existsSync(join(root, "test", `${name}.test.ts`)))).toEqual([]);
  });

  test("has an index that lists every page", () => {
    const listed = linksOf("docs/README.md")
      .map((target) => join("docs", target))
      .filter((page) => page.startsWith("docs/"));
    const own = pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
    expect(listed.toSorted()).toEqual(own);
  });

  test("links to nothing that is not there", () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((target) => !existsSync(join(root, dirname(page), target.split("#")[0] ?? "")))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
