import { describe, expect, test } from "vitest";
import type { DelegationEvent } from "../../../src/delegations/events.ts";
import { Narration } from "../../../src/mcp/follow-progress.ts";

const at = { seq: 1, at: "2026-11-22T10:00:00.000Z", task_id: "t" };
const delta = (text: string, type: "agent_message" | "reasoning" = "agent_message"): DelegationEvent => ({
  ...at,
  type: "item.updated",
  item: { id: "i", type },
  delta: text,
});
const started = (number: number): DelegationEvent => ({ ...at, type: "turn.started", number, provider: "claude", model: "m" });

describe("Narration", () => {
  test("tells each attempt and how much of its answer there is; thinking is not counted", () => {
    const narration = new Narration();
    const events = [started(1), delta("hmm", "reasoning"), delta("abc"), delta("de"), started(2), delta("f")];
    expect(events.map((event) => narration.of(event))).toEqual([
      "attempt 1, claude m",
      undefined,
      "attempt 1, claude m: 3 characters so far",
      "attempt 1, claude m: 5 characters so far",
      "attempt 2, claude m",
      "attempt 2, claude m: 1 characters so far",
    ]);
  });

  test("tells the code of an attempt that failed", () => {
    const narration = new Narration();
    narration.of(started(1));
    const error = { code: "provider_overloaded", message: "busy" };
    const failed = { ...at, type: "turn.failed", number: 1, error } as unknown as DelegationEvent;
    expect(narration.of(failed)).toBe("attempt 1, claude m: provider_overloaded");
  });
});
