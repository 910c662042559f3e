import { describe, expect, test } from "vitest";
import { checkOrigin } from "../../../src/mcp/check-origin.ts";

const ALLOWED = ["https://app.example.com", "http://intranet:8080"];
const LOCAL = "http://127.0.0.1:8787/mcp";
const DEPLOYED = "https://depute.me.workers.dev/mcp";

describe("checkOrigin", () => {
  test.each([
    ["no page sent it", LOCAL, null],
    ["no page sent it", DEPLOYED, null],
    ["its own origin", DEPLOYED, "https://depute.me.workers.dev"],
    ["its own origin", LOCAL, "http://127.0.0.1:8787"],
    ["its own origin by another name of the loopback", LOCAL, "http://localhost:8787"],
    ["its own origin by another name of the loopback", "http://[::1]:8787/mcp", "http://127.0.0.1:8787"],
    ["an origin of CORS_ORIGINS", DEPLOYED, "https://app.example.com"],
    ["an origin of CORS_ORIGINS", LOCAL, "https://app.example.com"],
    ["a host of CORS_ORIGINS over plain http", "http://intranet:8080/mcp", null],
    ["a host of CORS_ORIGINS behind a proxy that ends https", "http://app.example.com/mcp", "https://app.example.com"],
    ["an address cannot be rebound", "http://192.168.1.20:8787/mcp", null],
    ["an address cannot be rebound", "http://[fd00::1]:8787/mcp", "http://[fd00::1]:8787"],
  ])("lets in: %s (%s from %s)", (_why, url, origin) => {
    expect(() => checkOrigin(url, origin, ALLOWED)).not.toThrow();
  });

  test.each([
    ["another origin", DEPLOYED, "https://evil.example"],
    ["another origin", LOCAL, "https://evil.example"],
    ["another scheme", DEPLOYED, "http://depute.me.workers.dev"],
    ["another port of the loopback", LOCAL, "http://localhost:3000"],
    ["https of the loopback", LOCAL, "https://localhost:8787"],
    ["a page without an origin", LOCAL, "null"],
    ["what is no origin", LOCAL, "127.0.0.1:8787"],
    ["a name that begins as the loopback does", LOCAL, "http://127.0.0.1.evil.example:8787"],
    ["a name that was rebound to this machine", "http://evil.example:8787/mcp", "http://evil.example:8787"],
    ["a name that was rebound, without an origin", "http://evil.example:8787/mcp", null],
    ["a name that begins as the loopback does", "http://localhost.evil.example/mcp", null],
    ["another port of a host of CORS_ORIGINS", "http://intranet:9999/mcp", null],
  ])("refuses as forbidden: %s (%s from %s)", (_why, url, origin) => {
    expect(() => checkOrigin(url, origin, ALLOWED)).toThrow(expect.objectContaining({ code: "forbidden" }));
  });
});
