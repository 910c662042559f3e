import { describe, expect, test } from "vitest";
import { withDefaults } from "../../../../src/delegations/admission/with-defaults.ts";

const defaults = { provider: "codex", model: "gpt-4-turbo", temperature: 0, timeout: 10 } as const;

describe("withDefaults", () => {
  test("keeps what the input says and takes the rest from the defaults", () => {
    expect(withDefaults({ prompt: "x", timeout: 20 } as object, defaults)).toEqual({ prompt: "x", ...defaults, timeout: 20 });
  });

  test.each([[{ provider: "claude" as const }], [{ model: "claude-opus" }]])("%j replaces both provider and model", (named) => {
    expect(withDefaults(named, defaults)).toEqual({ ...named, temperature: 0, timeout: 10 });
  });

  test("defaults that name nobody name nobody", () => {
    expect(withDefaults({}, { provider: undefined, model: undefined })).toEqual({});
  });
});
