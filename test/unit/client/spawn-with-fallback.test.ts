import { describe, expect, test } from "vitest";
import { SpawnFailedError } from "../../../src/client/spawn-failed-error.ts";
import { spawnWithFallback } from "../../../src/client/spawn-with-fallback.ts";
import { failure, result } from "./spawn-results.ts";

const never = () => Promise.reject(new Error("must not be spawned"));

describe("spawnWithFallback", () => {
  test("a success needs no fallback", async () => {
    expect(await spawnWithFallback(async () => result({ response: "first" }), never)).toMatchObject({ response: "first" });
  });

  test("the first fallback that succeeds is the result", async () => {
    const second = await spawnWithFallback(
      async () => failure(),
      async () => failure("timeout"),
      async () => result({ response: "third" }),
      never,
    );
    expect(second.response).toBe("third");
  });

  test("when all fail the error lists each", async () => {
    const error = await spawnWithFallback(
      async () => failure(),
      async () => failure("timeout"),
    ).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpawnFailedError);
    expect(error).toMatchObject({
      message: "All spawners failed. provider_overloaded: It was provider_overloaded. timeout: It was timeout.",
      results: [{ errorCode: "provider_overloaded" }, { errorCode: "timeout" }],
    });
  });
});
