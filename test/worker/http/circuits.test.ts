import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { CircuitProtocol } from "../../../src/circuits/circuit-rpc.ts";
import { circuitName } from "../../../src/circuits/circuit-rpc.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call } from "../../support/api-client.ts";
import { CLAUDE, CODEX, freshId } from "../../support/delegation-object.ts";

type Listed = { data: { provider: string; circuits: { [field: string]: unknown }[] }[] };

const circuitsOf = async (provider: string) =>
  (await call<Listed>("GET", "/v1/providers")).body.data.find((each) => each.provider === provider)?.circuits;

async function refused(key: Parameters<typeof circuitName>[0]): Promise<void> {
  const circuit = env.CIRCUITS.getByName(circuitName(key)) as unknown as CircuitProtocol;
  const refusal = { code: "provider_rate_limited", started_at: Date.now(), retryAfterMs: 60_000, repeated: false } as const;
  await circuit.report({ kind: "failed", ...refusal });
}

describe("GET /v1/providers", () => {
  test("shows the circuits that are not clean, of the catalogue's models and of those in the settings, and no others", async () => {
    await refused(CLAUDE);
    await refused({ provider: "compatible", endpoint: "local", model: "llama3" });
    expect(await circuitsOf("claude")).toEqual([
      {
        model: CLAUDE.model,
        endpoint: null,
        state: "open",
        not_before: expect.any(String),
        opened_at: expect.any(String),
        faults: 0,
        last_fault: { code: "provider_rate_limited", at: expect.any(String) },
      },
    ]);
    expect(await circuitsOf("compatible")).toMatchObject([{ model: "llama3", endpoint: "local", state: "open" }]);
    expect(await circuitsOf("codex")).toEqual([]);
  });
});

describe('a delegation with model "auto"', () => {
  test("goes around a model whose circuit is known to be open, and says so", async () => {
    await refused(CODEX);
    await circuitsOf("codex");
    const body = { task_id: freshId(), prompt: "x", model: "auto", task_type: "CODE_GENERATION", complexity: "HIGH" };
    const { body: delegation } = await call<Delegation>("POST", "/v1/delegations", { body });
    expect(delegation.provider).not.toBe("codex");
    expect(delegation.warnings[0]?.message).toContain("Passed over gpt-6.2-sol: its circuit is open.");
    await call("POST", `/v1/delegations/${body.task_id}/cancel`);
  });
});
