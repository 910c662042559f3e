import { describe, expect, test } from "vitest";
import { answerOf, rolesOf } from "../../../src/flows/patterns.ts";
import { inputOf, type Played, play, problemsOf, promptOf } from "./playing.ts";

const panel = (count: number, fields: object = {}) => Array.from({ length: count }, () => ({ model: "m", ...fields }));
const consensusOf = (count: number, more: object = {}) =>
  inputOf({ pattern: "consensus", prompt: "Why?", panel: panel(count), ...more });

const verdict = (agreement: number): Played => ({ data: { synthesis: "s", agreement, dissent: [] } });
const names = (asks: readonly { name: string }[]) => asks.map(({ name }) => name);

describe("a consensus", () => {
  test("asks the whole panel at once, and then the judge, who sees the question and every answer by name", () => {
    const input = inputOf({ pattern: "consensus", prompt: "Why?", panel: [{ name: "Ada" }, { model: "x" }, { model: "x" }] });
    const { ending, asks, atOnce } = play(input, ({ name }) => (name === "judge" ? verdict(1) : {}));
    expect(names(asks)).toEqual(["member-0", "member-1", "member-2", "judge"]);
    expect(atOnce).toBe(3);
    expect(asks.slice(0, 3).map(promptOf)).toEqual(["Why?", "Why?", "Why?"]);
    expect(asks[3] && promptOf(asks[3])).toBe(
      "Review these perspectives and provide consensus:\n\n## Ada\n<member-0>\n\n## x\n<member-1>\n\n## x 2\n<member-2>\n\nThe question was:\n\nWhy?\n\nSynthesize the best insights, and say who dissents on what.",
    );
    expect(ending).toEqual({ status: "completed", step: "judge" });
  });

  test("leaves out who fails, and needs two", () => {
    const fails = (...failing: string[]) =>
      play(consensusOf(3), ({ name }) => (failing.includes(name) ? { status: "failed" } : verdict(1)));
    const one = fails("member-1");
    expect(one.ending.status).toBe("completed");
    expect(one.asks[3] && promptOf(one.asks[3])).not.toContain("<member-1>");
    expect(fails("member-0", "member-2").ending).toEqual({
      status: "failed",
      error: { code: "too_few_answers", message: "A consensus needs 2 answers, and of 3 members 1 answered.", step: null },
    });
  });

  test("has the judge name as dissenting only those who answered, each by a name of its own", () => {
    const input = inputOf({ pattern: "consensus", prompt: "Why?", panel: [{ name: "x 2" }, { name: "x" }, { name: "x" }, {}] });
    const { asks } = play(input, ({ name }) => (name === "member-1" ? { status: "failed" } : verdict(1)));
    const named = (names: string[]) => ({ properties: { dissent: { items: { properties: { member: { enum: names } } } } } });
    expect(asks.at(-1)?.output_schema).toMatchObject(named(["x 2", "x 3", "member"]));
    expect(rolesOf(input).at(-1)?.body.output_schema).toMatchObject(named(["x 2", "x", "x 3", "member"]));
  });

  test("fails when the judge does", () => {
    const { ending } = play(consensusOf(2), ({ name }) => (name === "judge" ? { status: "failed" } : {}));
    expect(ending).toMatchObject({ error: { code: "step_failed", step: "judge" } });
  });

  test("answers the synthesis, with agreement between 0 and 1 and the notes beside it", () => {
    const data = { synthesis: "s", agreement: 1.7, dissent: [{ member: "x", point: "p" }] };
    expect(answerOf("consensus", { output: "{…}", output_data: data }, { members_saved: 1 })).toEqual({
      output: "s",
      output_data: { synthesis: "s", agreement: 1, dissent: [{ member: "x", point: "p" }], members_saved: 1 },
    });
    expect(answerOf("consensus", { output: null, output_data: null })).toEqual({ output: null, output_data: null });
  });

  test("is refused with one member, 21 members, and a judge with a schema of its own", () => {
    const body = { pattern: "consensus", prompt: "x", panel: panel(2) };
    expect(problemsOf({ ...body, panel: panel(1) })[0]).toMatch(/^panel: /);
    expect(problemsOf({ ...body, panel: panel(21) })[0]).toMatch(/^panel: /);
    expect(problemsOf({ ...body, judge: { output_schema: { type: "object" } } })[0]).toMatch(/^judge: /);
    expect(problemsOf({ ...body, stop_when_agreed: 1.5 })).toHaveLength(1);
  });
});

describe("stop_when_agreed", () => {
  const judged = (agreements: number[], count: number, threshold: number | true = true, failing: string[] = []) =>
    play(consensusOf(count, { stop_when_agreed: threshold }), ({ name }) => {
      if (failing.includes(name)) return { status: "failed" };
      return name.startsWith("judge") ? verdict(agreements.shift() ?? 0) : {};
    });

  test("asks two, and nobody more when they agree", () => {
    const { ending, asks, atOnce } = judged([0.8], 5);
    expect(names(asks)).toEqual(["member-0", "member-1", "judge-2"]);
    expect(atOnce).toBe(2);
    expect(ending).toEqual({ status: "completed", step: "judge-2", notes: { members_asked: 2, members_saved: 3 } });
  });

  test("asks one more after each judgement that they do not, and takes the last judgement when nobody is left", () => {
    const { ending, asks } = judged([0.1, 0.2, 0.79], 4);
    expect(names(asks)).toEqual(["member-0", "member-1", "judge-2", "member-2", "judge-3", "member-3", "judge-4"]);
    expect(ending).toEqual({ status: "completed", step: "judge-4", notes: { members_asked: 4, members_saved: 0 } });
  });

  test("asks on when the judge's share is of another scale", () => {
    expect(names(judged([70, 0.9], 3).asks)).toEqual(["member-0", "member-1", "judge-2", "member-2", "judge-3"]);
  });

  test("takes the threshold that is given", () => {
    expect(judged([0.5], 3, 0.5).ending).toMatchObject({ step: "judge-2" });
    expect(names(judged([0], 3, 0).asks)).toEqual(["member-0", "member-1", "judge-2"]);
  });

  test("asks another for one who failed, and judges no answers twice", () => {
    expect(names(judged([1], 4, true, ["member-0"]).asks)).toEqual(["member-0", "member-1", "member-2", "judge-2"]);
    const { asks, ending } = judged([0.1, 0.9], 4, true, ["member-2"]);
    expect(names(asks)).toEqual(["member-0", "member-1", "judge-2", "member-2", "member-3", "judge-3"]);
    expect(ending).toMatchObject({ step: "judge-3", notes: { members_asked: 4, members_saved: 0 } });
    expect(judged([], 3, true, ["member-0", "member-2"]).ending).toMatchObject({ error: { code: "too_few_answers" } });
  });

  test("false asks everybody", () => {
    const { asks } = play(consensusOf(3, { stop_when_agreed: false }), () => verdict(1));
    expect(names(asks)).toEqual(["member-0", "member-1", "member-2", "judge"]);
  });
});
