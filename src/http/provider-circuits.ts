import { z } from "zod";
import { isClean, phaseOf, settled } from "../circuits/circuit.ts";
import type { CircuitKey } from "../circuits/circuit-rpc.ts";
import type { KnownCircuits } from "../circuits/known-circuits.ts";
import type { Config } from "../config.ts";
import type { ProviderHealth } from "../db/provider-health.ts";
import { deploymentOf } from "../delegations/admission/deployment.ts";
import { allModels } from "../models/catalogue.ts";
import { isRetired } from "../models/lifecycle.ts";
import { CAPABILITIES } from "../providers/index.ts";
import type { ProviderId } from "../providers/provider.ts";

/** Each is asked for by one call to its object. */
const MOST_ASKED = 60;

const Time = z.iso.datetime();

export const CircuitState = z
  .object({
    model: z.string(),
    endpoint: z.string().nullable(),
    state: z.enum(["closed", "open", "half_open"]).meta({
      description:
        "closed: calls are made · open: none before `not_before`; tasks wait, or go to their next candidate · half_open: a few find out how the vendor is.",
    }),
    not_before: Time.nullable(),
    opened_at: Time.nullable(),
    faults: z.int().meta({ description: "In a row, of different tasks; the fifth opens it." }),
    last_fault: z.object({ code: z.string(), at: Time }).nullable(),
  })
  .meta({ id: "Circuit" });
type CircuitState = z.infer<typeof CircuitState>;

/** The circuits that are not clean, by provider: of models seen lately, then of the catalogue's, 60 at most, all asked at once. */
export async function circuitStates(
  config: Config,
  health: ReadonlyMap<string, ProviderHealth>,
  circuits: KnownCircuits,
  now: number,
): Promise<ReadonlyMap<ProviderId, CircuitState[]>> {
  const keys = keysOf(config, health, new Date(now)).slice(0, MOST_ASKED);
  const states = await Promise.all(
    keys.map(async (key) => {
      const circuit = settled((await circuits.read(key)) ?? circuits.known(key), now);
      if (isClean(circuit)) return [];
      const { shut, faults, last_fault, barred_until } = circuit;
      const state: CircuitState = {
        model: key.model,
        endpoint: key.endpoint,
        state: phaseOf(circuit, now),
        not_before: timeOf(shut?.until ?? barred_until),
        opened_at: timeOf(shut?.at ?? null),
        faults,
        last_fault: last_fault && { code: last_fault.code, at: new Date(last_fault.at).toISOString() },
      };
      return [{ provider: key.provider, state }];
    }),
  );
  const byProvider = Map.groupBy(states.flat(), ({ provider }) => provider);
  return new Map([...byProvider].map(([provider, own]) => [provider, own.map(({ state }) => state)]));
}

const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

type Key = CircuitKey & { provider: ProviderId };

function keysOf(config: Config, health: ReadonlyMap<string, ProviderHealth>, on: Date): Key[] {
  const configured = [...deploymentOf(config).configured].filter((id) => CAPABILITIES[id].kind === "streaming");
  const seen = configured.flatMap((provider) =>
    (health.get(provider)?.models ?? []).flatMap((model) => {
      const endpoints = provider === "compatible" ? Object.keys(config.compatible) : [null];
      return endpoints.map((endpoint) => ({ provider, endpoint, model }));
    }),
  );
  const own = Object.entries(config.compatible).flatMap(([endpoint, { models }]) =>
    Object.keys(models).map((model) => ({ provider: "compatible" as const, endpoint, model })),
  );
  const catalogued = allModels()
    .filter((model) => configured.includes(model.provider) && !isRetired(model, on))
    .map(({ provider, id }) => ({ provider, endpoint: null, model: id }));
  const all = [...seen, ...own, ...catalogued];
  return all.filter(
    (key, index) =>
      all.findIndex((each) => each.provider === key.provider && each.endpoint === key.endpoint && each.model === key.model) ===
      index,
  );
}
