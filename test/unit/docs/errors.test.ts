import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorsPage } from "../../../scripts/docs/errors-page.ts";
import { API_ERRORS, FAILURES, FLOW_FAILURES } from "../../../src/errors.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
const [, requests = "", tasks = "", flows = ""] = page.split(/^## /m);
const codesIn = (section: string): string[] => [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, code = ""]) => code);

describe("docs/errors.md", () => {
  test("is what `npm run docs` writes", () => {
    expect(page).toBe(errorsPage());
  });

  test("has every code of the tables once, and no other", () => {
    expect(codesIn(requests)).toEqual(Object.keys(API_ERRORS));
    expect(codesIn(tasks)).toEqual(Object.keys(FAILURES));
    expect(codesIn(flows)).toEqual([...FLOW_FAILURES]);
  });

  test("has a status of each refusal, and what passes by itself", () => {
    expect(requests).toMatch(/^\| `rate_limited` \| 429 \| .* \| yes \| /m);
    expect(requests).toMatch(/^\| `budget_exceeded` \| 402 \| .* \| no \| /m);
    expect(tasks).toMatch(/^\| `provider_overloaded` \| .* \| yes \| /m);
    expect(tasks).toMatch(/^\| `refused` \| .* \| no \| /m);
  });

  test("breaks no table: no cell has a bar or is empty", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| "));
    expect(rows.filter((row) => row.split(" | ").some((cell) => cell.replace(/^\| |\|$/g, "").trim() === ""))).toEqual([]);
    const widths = [requests, tasks, flows].map(
      (section) =>
        new Set(
          section
            .split("\n")
            .filter((line) => line.startsWith("| "))
            .map((row) => row.split("|").length),
        ),
    );
    expect(widths.map(({ size }) => size)).toEqual([1, 1, 1]);
  });
});
