import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateComplexity } from "../../../src/models/estimate-complexity.ts";
import { COMPLEXITIES } from "../../../src/models/task-words.ts";

const list = (count: number, mark = "-"): string => Array.from({ length: count }, (_, i) => `${mark} step ${i}`).join("\n");
const rank = (prompt: string): number => COMPLEXITIES.indexOf(estimateComplexity(prompt));

describe("estimateComplexity", () => {
  test.each([
    ["Write a function that adds two numbers", "LOW"],
    ["", "LOW"],
    ["Fix the race condition in this worker", "MEDIUM"],
    ["Optimize this algorithm", "MEDIUM"],
    [list(2), "LOW"],
    [list(3), "MEDIUM"],
    [list(6, "1."), "MEDIUM"],
    [`Migrate the store:\n${list(7, "2)")}`, "HIGH"],
    [`Design the architecture of a distributed queue, with its security:\n${list(3)}`, "HIGH"],
    ["x".repeat(1_199), "LOW"],
    ["x".repeat(1_200), "MEDIUM"],
    ["é".repeat(600), "MEDIUM"],
    ["x".repeat(8_000), "MEDIUM"],
    [`Prove it. ${"x".repeat(8_000)}`, "HIGH"],
  ])("reads %j as %s", (prompt, complexity) => {
    expect(estimateComplexity(prompt)).toBe(complexity);
  });

  test("counts a hard word once, two of them at most, and none inside another word", () => {
    expect(estimateComplexity("security ".repeat(50))).toBe("MEDIUM");
    expect(estimateComplexity("security migration concurrency consensus")).toBe("MEDIUM");
    expect(estimateComplexity("waterproof insecurityy")).toBe("LOW");
  });

  test("never falls when more steps are added", () => {
    fc.assert(fc.property(fc.string({ maxLength: 3_000 }), (prompt) => rank(`${prompt}\n${list(7)}`) >= rank(prompt)));
  });

  test("reads a megabyte of blank lines and spaces in linear time", () => {
    const prompt = `${"\n".repeat(500_000)}${" ".repeat(500_000)}`;
    const start = performance.now();
    expect(estimateComplexity(prompt)).toBe("MEDIUM");
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
