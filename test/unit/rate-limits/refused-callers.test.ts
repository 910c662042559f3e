import { describe, expect, test } from "vitest";
import { RefusedCallers } from "../../../src/rate-limits/refused-callers.ts";

describe("RefusedCallers", () => {
  test("an address with 300 refusals waits, and others do not", () => {
    const time = { now: 0 };
    const callers = new RefusedCallers(() => time.now);
    for (let index = 0; index < 299; index += 1) callers.count("192.0.2.1");
    expect(callers.waitMs("192.0.2.1")).toBe(0);
    callers.count("192.0.2.1");
    expect([callers.waitMs("192.0.2.1"), callers.waitMs("192.0.2.2")]).toEqual([200, 0]);
    time.now = 200;
    expect(callers.waitMs("192.0.2.1")).toBe(0);
  });

  test("ten thousand addresses are kept in mind, and the oldest is forgotten first", () => {
    const callers = new RefusedCallers(() => 0);
    for (const address of ["old", "young"]) for (let index = 0; index < 300; index += 1) callers.count(address);
    for (let index = 0; index < 9_999; index += 1) callers.count(`a${index}`);
    expect([callers.waitMs("old"), callers.waitMs("young")]).toEqual([0, 200]);
  });
});
