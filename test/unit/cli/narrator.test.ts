import { describe, expect, test } from "vitest";
import { Narrator } from "../../../src/cli/narrator.ts";
import type { DelegationEvent, EventBody } from "../../../src/delegations/events.ts";

const NO_USAGE = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
};
const event = (body: EventBody): DelegationEvent => ({ seq: 1, at: "2026-11-22T10:00:00.000Z", task_id: "t", ...body });
const turn = (number: number): EventBody => ({ type: "turn.started", number, provider: "claude", model: "m" });
const delta = (text: string, type: "agent_message" | "reasoning" = "agent_message"): EventBody => ({
  type: "item.updated",
  item: { id: type, type },
  delta: text,
});
const whole = (text: string): EventBody => ({
  type: "item.completed",
  item: { id: "agent_message", type: "agent_message", text },
});
const broken: EventBody = {
  type: "turn.failed",
  number: 1,
  error: { code: "interrupted", message: "It was cut." },
  usage: NO_USAGE,
  cost: null,
  cost_nanos: null,
  retry_at: "2026-11-22T10:00:01.000Z",
};

function told(...bodies: EventBody[]) {
  const narrator = new Narrator();
  const said = bodies.map((body) => narrator.say(event(body)));
  return {
    text: said.map(({ text = "" }) => text).join(""),
    notes: said.flatMap(({ note }) => note ?? []),
    answered: narrator.answered,
  };
}

describe("a delegation that is told", () => {
  test("shows its answer as it comes, once, and not its thinking", () => {
    const { text, notes, answered } = told(turn(1), delta("hm", "reasoning"), delta("Hel"), delta("lo"), whole("Hello"));
    expect([text, notes, answered]).toEqual(["Hello", [], true]);
  });

  test("shows an answer that came in one piece", () => {
    expect(told(turn(1), whole("Hello")).text).toBe("Hello");
  });

  test("begins the answer of another attempt on a line of its own, and says why there is one", () => {
    const { text, notes } = told(turn(1), delta("Hel"), broken, turn(2), delta("Hello"));
    expect(text).toBe("Hel\nHello");
    expect(notes).toEqual([
      "Attempt 1 failed: interrupted: It was cut.; the next one is due at 2026-11-22T10:00:01.000Z",
      "Attempt 2: claude m",
    ]);
  });

  test("has not shown the answer when only an earlier attempt said something", () => {
    expect(told(turn(1), delta("Hel"), broken, turn(2)).answered).toBe(false);
  });

  test("says how to approve it", () => {
    expect(told({ type: "approval.requested" }).notes).toEqual([expect.stringContaining("depute approve t")]);
  });
});
