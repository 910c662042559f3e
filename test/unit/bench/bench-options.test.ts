import { expect, test } from "vitest";
import { parseBenchOptions, SECTIONS } from "../../bench/bench-options.ts";

test("without options all sections are measured, at full length", () => {
  expect(parseBenchOptions([])).toMatchObject({ sections: SECTIONS, quick: false, jsonFile: undefined, sizes: { turns: 3 } });
});

test("--quick measures the same in fewer rounds", () => {
  const [full, quick] = [parseBenchOptions([]), parseBenchOptions(["--quick"])];
  if (full === "help" || quick === "help") throw new Error("nobody asked for help");
  expect(quick.sections).toEqual(full.sections);
  expect(quick.sizes.fanOut.map(({ tasks }) => tasks)).toEqual(full.sizes.fanOut.map(({ tasks }) => tasks));
  expect(quick.sizes.turns).toBeLessThan(full.sizes.turns);
});

test("--only names sections, which keep the order of the report", () => {
  expect(parseBenchOptions(["--only", "pg-boss", "--only", "batch"])).toMatchObject({ sections: ["batch", "pg-boss"] });
});

test("--only refuses what is no section, and names those that are", () => {
  expect(() => parseBenchOptions(["--only", "pgboss"])).toThrow("promise-all, cli, pg-boss, platform, not pgboss");
});

test("unknown options are refused", () => {
  expect(() => parseBenchOptions(["--fast"])).toThrow("--fast");
});
