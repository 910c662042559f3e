import { expect, test } from "vitest";
import { MESSAGES_PER_SEND, StartMessage, startMessages } from "../../../src/batches/start-message.ts";

test("a thousand tasks of the longest ids fit one send of the platform, none lost and none twice", () => {
  const taskIds = Array.from({ length: 1_000 }, (_, index) => String(index).padStart(128, "x"));
  const messages = startMessages({ workspace: "default", batch_id: "b".repeat(120) }, taskIds);
  expect(messages.flatMap(({ task_ids }) => task_ids)).toEqual(taskIds);
  expect(messages.length).toBeLessThanOrEqual(MESSAGES_PER_SEND);
  expect(JSON.stringify(messages).length).toBeLessThan(256_000);
  for (const message of messages) expect(StartMessage.parse(message)).toEqual(message);
});

test("there is no message without a task", () => {
  expect(startMessages({ workspace: "default", batch_id: "b" }, [])).toEqual([]);
});
