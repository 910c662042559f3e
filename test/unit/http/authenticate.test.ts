import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { authenticate, type Principal, requireScope, SCOPES } from "../../../src/http/authenticate.ts";

const KEY = "an-owner-key-of-a-test";
const config = readConfig({ DEPUTE_ADMIN_KEY: KEY });

describe("authenticate", () => {
  test("the owner's key is the workspace default with every scope", () => {
    expect(authenticate(`Bearer ${KEY}`, config)).toEqual({ workspace: "default", key: "owner", scopes: new Set(SCOPES) });
  });

  test.each([undefined, "", "Bearer", `Bearer ${KEY}!`, `Basic ${KEY}`, `Bearer x ${KEY}`])("%j is unauthorized", (header) => {
    expect(() => authenticate(header, config)).toThrow(expect.objectContaining({ code: "unauthorized" }));
  });

  test("without an owner key nobody gets in, and the text says what to set", () => {
    const told = expect.objectContaining({ code: "unavailable", message: expect.stringContaining("DEPUTE_ADMIN_KEY") });
    expect(() => authenticate("Bearer undefined", readConfig({}))).toThrow(told);
  });
});

describe("requireScope", () => {
  const reader: Principal = { workspace: "w", key: "reader", scopes: new Set(["read"]) };

  test("lets a key do what it has the scope for, and nothing else", () => {
    expect(() => requireScope(reader, "read")).not.toThrow();
    for (const scope of ["delegate", "approve", "admin"] as const) {
      expect(() => requireScope(reader, scope)).toThrow(
        expect.objectContaining({ code: "forbidden", message: expect.stringContaining(scope) }),
      );
    }
  });
});
