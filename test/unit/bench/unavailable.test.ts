import { expect, test } from "vitest";
import { orWhyNot, Unavailable } from "../../bench/unavailable.ts";

test("what cannot be had is told in one line: the first that names the fault", () => {
  const cause = new Error("Command was: npm install\nnpm error code ENOTFOUND\nnpm error network");
  expect(new Unavailable("npm could not install a@1", cause).message).toBe("npm could not install a@1: npm error code ENOTFOUND");
});

test("a cause that names no fault is told by its first line", () => {
  expect(new Unavailable("no PostgreSQL", "gone\nfar away").message).toBe("no PostgreSQL: gone");
});

test("orWhyNot passes on what was measured", async () => {
  expect(await orWhyNot(async () => 7)).toEqual({ measured: 7 });
});

test("orWhyNot turns what is unavailable into the reason, and lets faults of the bench through", async () => {
  const reason = orWhyNot(() => Promise.reject(new Unavailable("the CLI", "offline")));
  expect(await reason).toEqual({ whyNot: "the CLI: offline" });
  await expect(orWhyNot(() => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
});
