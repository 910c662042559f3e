import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "../../../../scripts/start/options.ts";

describe("parseOptions", () => {
  test("without arguments it is the loopback port 8787, the wrangler state folder, simulator and greeting", () => {
    expect(parseOptions([])).toEqual({
      port: 8787,
      host: "127.0.0.1",
      state: resolve(".wrangler/state"),
      simulator: true,
      quiet: false,
    });
  });

  test("every option is taken, in both spellings of a value", () => {
    expect(parseOptions(["--port=0", "--host", "::1", "--state", "/x", "--no-simulator", "--quiet"])).toEqual({
      port: 0,
      host: "::1",
      state: "/x",
      simulator: false,
      quiet: true,
    });
  });

  test("--help asks for the usage", () => {
    expect(parseOptions(["--help"])).toBe("help");
  });

  test.each([
    [["--port", "65536"], "--port must be a number from 0 to 65535"],
    [["--port", "-1"], "port"],
    [["--port", "8e3"], "--port must be a number"],
    [["--port", ""], "--port must be a number"],
    [["--port"], "port"],
    [["--host="], "--host must not be empty"],
    [["--state="], "--state must not be empty"],
    [["--simulate"], "--simulate"],
    [["8787"], "8787"],
    [["--quiet=yes"], "quiet"],
  ])("%j is refused, and named", (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
    expect(() => parseOptions(argv)).toThrow(message);
  });
});
