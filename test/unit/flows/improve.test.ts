import { describe, expect, test } from "vitest";
import { inputOf, play, problemsOf, promptOf } from "./playing.ts";

const improveOf = (more: object = {}) => inputOf({ pattern: "improve", prompt: "Write it.", ...more });
const review = (approved: boolean, feedback = "shorter") => ({ data: { approved, feedback } });
const names = (asks: readonly { name: string }[]) => asks.map(({ name }) => name);

describe("improve", () => {
  test("drafts, then reviews and revises as often as it is told, and answers the last text", () => {
    const { ending, asks } = play(improveOf({ cycles: 2 }), ({ role }) => (role === "reviewer" ? review(true) : {}));
    expect(names(asks)).toEqual(["draft", "review-0", "improvement-cycle-0", "review-1", "improvement-cycle-1"]);
    expect(ending).toEqual({ status: "completed", step: "improvement-cycle-1" });
    const [draft, first, revision, second] = asks.map(promptOf);
    expect(draft).toBe("Write it.");
    expect(first).toMatch(/^Review this output and identify improvements:\n\n<draft>\n\nProvide specific, actionable feedback\./);
    expect(first).toContain("Write it.");
    expect(revision).toBe("Based on this feedback:\n\nshorter\n\nImprove the output:\n\n<draft>");
    expect(second).toContain("<improvement-cycle-0>");
  });

  test("three cycles are the default, and each revision says which it is", () => {
    const { asks } = play(improveOf(), ({ role }) => (role === "reviewer" ? review(false) : {}));
    const revisions = asks.filter(({ name }) => name.startsWith("improvement-cycle-"));
    expect(revisions.map(({ name, properties }) => [name, properties])).toEqual(
      [0, 1, 2].map((cycle) => [`improvement-cycle-${cycle}`, { feedback_iteration: cycle }]),
    );
    expect(asks.filter(({ properties }) => properties === undefined)).toHaveLength(4);
  });

  test("stop_when_approved ends it with the text that was approved", () => {
    const input = improveOf({ cycles: 5, stop_when_approved: true });
    const at = (cycle: number) =>
      play(input, ({ name }) => (name.startsWith("review") ? review(name === `review-${cycle}`) : {}));
    expect(at(0).ending).toEqual({ status: "completed", step: "draft" });
    expect(at(2).ending).toEqual({ status: "completed", step: "improvement-cycle-1" });
    expect(at(2).asks).toHaveLength(6);
  });

  test.each(["draft", "review-1", "improvement-cycle-0"])("a failure of %s fails it by name", (failing) => {
    const { ending } = play(improveOf(), ({ name, role }) => {
      if (name === failing) return { status: "failed" };
      return role === "reviewer" ? review(false) : {};
    });
    expect(ending).toMatchObject({ status: "failed", error: { code: "step_failed", step: failing } });
  });

  test("is refused with no cycle, or eleven", () => {
    for (const cycles of [0, 11, 1.5]) expect(problemsOf({ pattern: "improve", prompt: "x", cycles })[0]).toMatch(/^cycles: /);
  });
});
