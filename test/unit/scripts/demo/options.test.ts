import { describe, expect, test } from "vitest";
import { parseDemoOptions } from "../../../../scripts/demo/options.ts";
import { UsageError } from "../../../../scripts/start/options.ts";

describe("parseDemoOptions", () => {
  test("the port is npm start's, unless another one is named", () => {
    expect(parseDemoOptions([])).toEqual({ port: 8787 });
    expect(parseDemoOptions(["--port", "0"])).toEqual({ port: 0 });
    expect(parseDemoOptions(["--help"])).toBe("help");
  });

  test.each([["--port", "x"], ["--port", "70000"], ["--port"], ["--state", "x"], ["now"]])("%s %s is refused", (...args) => {
    expect(() => parseDemoOptions(args)).toThrow(UsageError);
  });
});
