import { describe, expect, test } from "vitest";
import { TaskId } from "../../../src/delegations/delegation.ts";
import { derivedTaskId, idempotencyKey, idFactory } from "../../../src/http/task-id.ts";

describe("idFactory", () => {
  test("makes valid ids that are never the same and sort by birth, within one millisecond too", () => {
    const next = idFactory("task");
    const ids = Array.from({ length: 2_000 }, () => next());
    expect(new Set(ids).size).toBe(2_000);
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(TaskId.safeParse(id).success).toBe(true);
  });
});

describe("derivedTaskId", () => {
  test("is valid, always the same, and differs by workspace, route and key", async () => {
    const id = await derivedTaskId("default", "POST /v1/delegations", "key");
    expect(TaskId.safeParse(id).success).toBe(true);
    expect(await derivedTaskId("default", "POST /v1/delegations", "key")).toBe(id);
    const others = [
      await derivedTaskId("other", "POST /v1/delegations", "key"),
      await derivedTaskId("default", "POST /v1/batches", "key"),
      await derivedTaskId("default", "POST /v1/delegations", "key2"),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });
});

describe("idempotencyKey", () => {
  test.each(["a", "a b", "~", "x".repeat(255)])("takes %j", (key) => {
    expect(idempotencyKey(key)).toBe(key);
  });

  test.each(["", " a", "a ", "é", "\n", "x".repeat(256)])("refuses %j", (key) => {
    expect(() => idempotencyKey(key)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });

  test("no header is no key", () => {
    expect(idempotencyKey(undefined)).toBeUndefined();
  });
});
