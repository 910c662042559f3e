import { describe, expect, test } from "vitest";
import { Refusals } from "../../../../src/delegations/admission/refusals.ts";
import { type ApiErrorCode, AppError } from "../../../../src/errors.ts";

const refuse =
  (path: string, code: ApiErrorCode = "invalid_request") =>
  (): never => {
    throw new AppError(code, `${path}: is wrong`, [{ path, message: "is wrong" }]);
  };

function thrownBy(refusals: Refusals): AppError {
  try {
    refusals.throwIfAny("flow");
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  return expect.fail("nothing was refused");
}

describe("Refusals", () => {
  test("names every part at fault by its path, and gives what is in order", () => {
    const refusals = new Refusals();
    expect(refusals.taking("steps.0", () => 7)).toBe(7);
    expect(refusals.taking("steps.1", refuse("model"))).toBeUndefined();
    refusals.taking("steps.2", refuse(""));
    refusals.taking("steps.3", () => {
      throw new AppError("invalid_request", "All of it is wrong.");
    });
    const error = thrownBy(refusals);
    expect(error.fields).toEqual([
      { path: "steps.1.model", message: "is wrong" },
      { path: "steps.2", message: "is wrong" },
      { path: "steps.3", message: "All of it is wrong." },
    ]);
    expect(error.message).toContain("The flow is not valid, and nothing of it was started: steps.1.model: is wrong; steps.2");
  });

  test("refuses nothing when nothing is wrong, and lets through what is no refusal", () => {
    const refusals = new Refusals();
    refusals.throwIfAny("flow");
    expect(() => refusals.taking("x", () => JSON.parse("{"))).toThrow(SyntaxError);
  });

  test("has the code that all have, else invalid_request; at most 50 fields, three of them in the text", () => {
    const [same, mixed, many] = [new Refusals(), new Refusals(), new Refusals()];
    for (const path of ["a", "b"]) same.taking(path, refuse("x", "payload_too_large"));
    mixed.taking("a", refuse("x", "payload_too_large"));
    mixed.add({ path: "b", message: "is wrong" });
    for (let index = 0; index < 60; index += 1) many.add({ path: `p${index}`, message: "is wrong" });
    expect([thrownBy(same).code, thrownBy(mixed).code]).toEqual(["payload_too_large", "invalid_request"]);
    expect(thrownBy(many).fields).toHaveLength(50);
    expect(thrownBy(many).message).toMatch(/p2: is wrong; and 57 more$/);
  });
});
