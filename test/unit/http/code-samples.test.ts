import { describe, expect, test } from "vitest";
import { codeSamples } from "../../../src/http/code-samples.ts";
import type { Operation } from "../../../src/http/operation.ts";

const base = { tag: "Delegations", scope: "read", summary: "", successes: {}, errors: [] } as const;
const create: Operation = { ...base, method: "post", path: "/v1/delegations", id: "createDelegation", scope: "delegate" };
const sourceOf = (operation: Operation, label: string) => codeSamples(operation).find((sample) => sample.label === label)?.source;

describe("codeSamples", () => {
  test("takes the address and the key from the environment, in both languages", () => {
    const get: Operation = { ...base, method: "get", path: "/v1/delegations/{task_id}", id: "getDelegation" };
    expect(sourceOf(get, "curl")).toBe(
      'curl -sS "$DEPUTE_URL/v1/delegations/task-auth-001?wait=30" \\\n  -H "Authorization: Bearer $DEPUTE_KEY"',
    );
    expect(sourceOf(get, "TypeScript")).toContain("baseUrl: process.env.DEPUTE_URL");
    expect(sourceOf(get, "TypeScript")).toContain('client.waitFor("task-auth-001")');
  });

  test("sends the example of the body: as it is to a shell, in camelCase to the client", () => {
    const operation = { ...create, bodyExample: { prompt: "Say hello", max_cost: 0.5, fallbacks: [{ model_id: "x" }] } };
    expect(sourceOf(operation, "curl")).toContain(
      `-d '{ "prompt": "Say hello", "max_cost": 0.5, "fallbacks": [{ "model_id": "x" }] }'`,
    );
    expect(sourceOf(operation, "TypeScript")).toContain(
      'client.delegate({ prompt: "Say hello", maxCost: 0.5, fallbacks: [{ modelId: "x" }] })',
    );
  });

  test("an apostrophe in a body does not end the shell's word", () => {
    const operation = { ...create, bodyExample: { prompt: "What's it?" } };
    expect(sourceOf(operation, "curl")).toContain(`-d '{ "prompt": "What'\\''s it?" }'`);
  });

  test("an id that only an answer tells is a variable", () => {
    const key: Operation = { ...base, method: "delete", path: "/v1/keys/{key_id}", id: "revokeKey", scope: "admin" };
    expect(sourceOf(key, "curl")).toContain('curl -sS -X DELETE "$DEPUTE_URL/v1/keys/$KEY_ID"');
    expect(sourceOf(key, "TypeScript")).toContain('client.keys.revoke(process.env.KEY_ID ?? "")');
  });

  test("what is open to everyone is asked without a key, and has no call of the client", () => {
    const health: Operation = { ...base, method: "get", path: "/health", id: "getHealth", scope: null };
    expect(codeSamples(health)).toEqual([{ lang: "bash", label: "curl", source: 'curl -sS "$DEPUTE_URL/health"' }]);
  });

  test("an operation that has no call here has no samples", () => {
    expect(codeSamples({ ...create, id: "other" })).toEqual([]);
  });
});
