import { describe, expect, test } from "vitest";
import { interruptedAttempt } from "../../../../src/delegations/attempts/interrupted-attempt.ts";
import { storedTurn } from "../../../../src/delegations/attempts/stored-turn.ts";
import { turnStarted } from "../../../../src/delegations/attempts/turn-events.ts";
import { withAttempt } from "../../../../src/delegations/delegation-state.ts";
import type { EventBody } from "../../../../src/delegations/events.ts";
import { ItemWriter } from "../../../../src/delegations/log/item-writer.ts";
import type { Usage } from "../../../../src/providers/provider.ts";
import { attemptOf, runningState, T0, taskOf, usage } from "../delegating.ts";

const plan = {
  price: ({ usage: counted }: { usage: Usage }) => counted.input_tokens + counted.output_tokens,
  warnings: [],
};
const checkpoint = { attempt: 1, usage: usage(7, 3), model: "model-1-20261101", request_id: "req_1", first_token_at: T0 + 5 };

/** A task whose first attempt runs, with a writer that logs what arrives. */
function streaming() {
  const world = taskOf();
  const { task } = world;
  task.commit(runningState(task.spec), turnStarted(attemptOf(), []), { flush: false });
  const writer = new ItemWriter(
    1,
    (event) => task.log.append(event, T0),
    () => T0,
  );
  return { ...world, writer };
}

describe("interruptedAttempt", () => {
  test("keeps the text, the counts and the model that were stored, and loses only what waited", () => {
    const { task, writer, reloaded } = streaming();
    writer.reasoning("hm");
    writer.text("Hello, ");
    writer.text("wor");
    task.flush(checkpoint);
    writer.text("LOST");
    const { settled, events } = interruptedAttempt(reloaded(), attemptOf({ cost_max_nanos: 1_000 }), plan, T0 + 9);
    expect(settled.attempt).toMatchObject({ status: "interrupted", usage: usage(7, 3), usage_final: false });
    expect(settled.attempt).toMatchObject({ cost_nanos: 10, cost_max_nanos: 1_000, model: "model-1-20261101" });
    expect(settled.attempt).toMatchObject({ request_id: "req_1", first_token_at: T0 + 5, ended_at: T0 + 9 });
    expect(events).toEqual([{ type: "item.completed", item: { id: "item_1_2", type: "agent_message", text: "Hello, wor" } }]);
  });

  test("counts as a try and may be tried again", () => {
    const { failure } = interruptedAttempt(streaming().reloaded(), attemptOf(), plan, T0).settled;
    expect(failure).toEqual({ code: "interrupted", free: false, retryAfterMs: undefined, repeatable: true });
  });

  test("says that the turn began when that was lost with the buffer", () => {
    const { reloaded } = streaming();
    const { settled, events } = interruptedAttempt(reloaded(), attemptOf({ cost_max_nanos: 1_000 }), plan, T0);
    expect(events).toEqual([{ type: "turn.started", number: 1, provider: "claude", model: "model-1" }]);
    expect(settled.attempt).toMatchObject({ usage: usage(0, 0), cost_nanos: 0, cost_max_nanos: 1_000 });
  });

  test("leaves a thought a thought", () => {
    const { task, writer, reloaded } = streaming();
    writer.reasoning("hm");
    task.flush(checkpoint);
    const { events } = interruptedAttempt(reloaded(), attemptOf(), plan, T0);
    expect(events).toEqual([{ type: "item.completed", item: { id: "item_1_1", type: "reasoning", text: "hm" } }]);
  });
});

describe("storedTurn", () => {
  const log = (events: EventBody[]) => {
    const { task } = taskOf();
    for (const event of events) task.log.append(event, T0);
    task.flush(checkpoint);
    return task.log;
  };
  const item = (number: number) => ({ id: `item_${number}_1`, type: "agent_message" as const });

  test("joins the deltas of the open item over many packs", () => {
    const { task, writer } = streaming();
    const pieces = Array.from({ length: 50 }, (_, index) => `piece ${index} `);
    for (const piece of pieces) {
      writer.text(piece);
      task.flush(checkpoint);
    }
    expect(storedTurn(task.log, 1)).toMatchObject({ started: true, checkpoint, openItem: { text: pieces.join("") } });
  });

  test("has no open item once that was completed", () => {
    const events: EventBody[] = [
      { type: "item.started", item: item(1) },
      { type: "item.completed", item: { ...item(1), text: "" } },
    ];
    expect(storedTurn(log(events), 1).openItem).toBeUndefined();
  });

  test("tells attempt 1 from attempt 11", () => {
    const eleven = log([
      { type: "turn.started", number: 11, provider: "claude", model: "model-1" },
      { type: "item.started", item: item(11) },
    ]);
    expect(storedTurn(eleven, 1)).toMatchObject({ started: false, openItem: undefined });
    expect(storedTurn(eleven, 11)).toMatchObject({ started: true, checkpoint: undefined, openItem: { id: "item_11_1" } });
  });

  test("takes the checkpoint of that attempt, not of one before", () => {
    const { task, writer, reloaded } = streaming();
    writer.text("first");
    task.flush(checkpoint);
    task.commit(withAttempt(task.state, attemptOf({ status: "interrupted" })), turnStarted(attemptOf({ number: 2 }), []), {
      flush: true,
    });
    expect(storedTurn(reloaded().log, 2).checkpoint).toBeUndefined();
    expect(storedTurn(reloaded().log, 1).checkpoint).toEqual(checkpoint);
  });
});
