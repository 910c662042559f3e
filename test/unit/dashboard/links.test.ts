import { describe, expect, test } from "vitest";
import { chosenSettings } from "../../../src/cli/settings.ts";
import { curlLine } from "../../../src/dashboard/components/curl-line.ts";
import { idLink, queryLink } from "../../../src/dashboard/components/query-link.ts";

describe("queryLink", () => {
  test("has what is set, escaped, and nothing of what is not", () => {
    expect(queryLink("/flows", { status: "failed", pattern: undefined, cursor: "" })).toBe("/flows?status=failed");
    expect(queryLink("/flows", { q: "a&b=c #ü" })).toBe("/flows?q=a%26b%3Dc+%23%C3%BC");
    expect(queryLink("/flows", {})).toBe("/flows");
  });
});

describe("idLink", () => {
  test("keeps an id in its own part of the path", () => {
    expect(idLink("/batches", "a/../b?c")).toBe("/batches/a%2F..%2Fb%3Fc");
  });
});

describe("curlLine", () => {
  test("quotes the body for a shell, apostrophes too", () => {
    const line = curlLine("http://127.0.0.1:8787", "/v1/flows", { prompt: "don't $(run) `this`" });
    expect(line).toContain("curl http://127.0.0.1:8787/v1/flows");
    expect(line).toContain(`-d '{"prompt":"don'\\''t $(run) \`this\`"}'`);
    expect(line).toContain('"Authorization: Bearer $DEPUTE_KEY"');
  });

  test("takes the key from where the depute command does, and reads without a body", () => {
    const line = curlLine("http://127.0.0.1:8787", "/v1/delegations/t-1");
    expect(line).toBe('curl http://127.0.0.1:8787/v1/delegations/t-1 -H "Authorization: Bearer $DEPUTE_KEY"');
    expect(chosenSettings({}, { DEPUTE_KEY: "k" }, {}, "config.json").key).toBe("k");
  });
});
