import { describe, expect, test } from "vitest";
import { localPath } from "../../../src/dashboard/local-path.ts";
import { isSameOrigin } from "../../../src/dashboard/same-origin.ts";

describe("localPath", () => {
  test.each(["/", "/delegations", "/delegations?q=a%20b&sort=-cost", "/delegations/x%2Fy"])("%s is one", (path) => {
    expect(localPath(path)).toBe(path);
  });

  test.each([
    undefined,
    null,
    "",
    "delegations",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/./\\evil.example",
    "/x/..//evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    " /delegations",
  ])("%j leads to the overview instead", (link) => {
    expect(localPath(link)).toBe("/");
  });

  test("drops what no server sees", () => {
    expect(localPath("/flows#x")).toBe("/flows");
  });
});

describe("isSameOrigin", () => {
  const from = (headers: { [name: string]: string }) => isSameOrigin(new Request("https://depute.test/x", { headers }));

  test("believes what browsers say of the sender, the site before the origin", () => {
    expect(from({ "sec-fetch-site": "same-origin" })).toBe(true);
    expect(from({ origin: "https://depute.test" })).toBe(true);
    expect(from({ "sec-fetch-site": "cross-site", origin: "https://depute.test" })).toBe(false);
  });

  test.each<{ [name: string]: string }>([
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { origin: "http://depute.test" },
    { origin: "null" },
    {},
  ])("%j is not from here", (headers) => {
    expect(from(headers)).toBe(false);
  });
});
