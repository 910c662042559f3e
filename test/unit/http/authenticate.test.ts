import { describe, expect, test, vi } from "vitest";
import { readConfig } from "../../../src/config.ts";
import type { DatabaseBinding } from "../../../src/db/client.ts";
import { type AuthenticateDeps, authenticate, requireScope } from "../../../src/http/authenticate.ts";
import { newKey } from "../../../src/keys/key-format.ts";
import { OWNER, type Principal } from "../../../src/keys/principal.ts";
import { SCOPES } from "../../../src/keys/scopes.ts";

const KEY = "an-owner-key-of-a-test";

/** A database that fails when it is asked; `asked` counts how often it was. */
function door(settings: object = { DEPUTE_ADMIN_KEY: KEY }): AuthenticateDeps & { asked: ReturnType<typeof vi.fn> } {
  const asked = vi.fn(() => {
    throw new Error("no database here");
  });
  const database = { prepare: asked } as unknown as DatabaseBinding;
  return { config: readConfig(settings), database, now: () => 0, later: () => {}, beforeAsking: () => {}, asked };
}

describe("authenticate", () => {
  test("the owner's key is the workspace default with every scope, at once", () => {
    const told = authenticate(`Bearer ${KEY}`, door());
    expect(told).toEqual({
      workspace: "default",
      key: "owner",
      key_id: "owner",
      account: "owner",
      scopes: new Set(SCOPES),
      default_agent: null,
      is_owner: true,
    });
    expect(told).toBe(OWNER);
  });

  test.each([undefined, "", "Bearer", `Bearer ${KEY}!`, `Basic ${KEY}`, `Bearer x ${KEY}`])("%j is unauthorized", (header) => {
    expect(() => authenticate(header, door())).toThrow(expect.objectContaining({ code: "unauthorized" }));
  });

  test("a mistyped key is told so, and no database is asked", () => {
    const key = newKey();
    const typo = key.slice(0, 10) + (key[10] === "a" ? "b" : "a") + key.slice(11);
    for (const wrong of [typo, key.slice(0, -1), `${key}0`, key.toUpperCase().replace("DPT_", "dpt_"), "dpt_", "dpt_short"]) {
      const deps = door();
      expect(() => authenticate(`Bearer ${wrong}`, deps)).toThrow(
        expect.objectContaining({ code: "unauthorized", message: expect.stringContaining("mistyped") }),
      );
      expect(deps.asked).not.toHaveBeenCalled();
    }
  });

  test("a well-formed key is asked for only if it may be", () => {
    const deps = {
      ...door(),
      beforeAsking: () => {
        throw new Error("not now");
      },
    };
    expect(() => authenticate(`Bearer ${newKey()}`, deps)).toThrow("not now");
    expect(deps.asked).not.toHaveBeenCalled();
  });

  test("without an owner key nobody gets in, and the text says what to set", () => {
    const told = expect.objectContaining({ code: "unavailable", message: expect.stringContaining("DEPUTE_ADMIN_KEY") });
    expect(() => authenticate("Bearer undefined", door({}))).toThrow(told);
  });
});

describe("requireScope", () => {
  const reader: Principal = { ...OWNER, key: "reader", scopes: new Set(["read"]) };

  test("lets a key do what it has the scope for, and nothing else", () => {
    expect(() => requireScope(reader, "read")).not.toThrow();
    for (const scope of ["delegate", "approve", "admin"] as const) {
      expect(() => requireScope(reader, scope)).toThrow(
        expect.objectContaining({ code: "forbidden", message: expect.stringContaining(scope) }),
      );
    }
  });
});
