import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { providerHealth } from "../db/provider-health.ts";
import { deploymentOf } from "../delegations/admission/deployment.ts";
import { CAPABILITIES, probeProvider } from "../providers/index.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import type { Api } from "./api.ts";
import { requireScope } from "./authenticate.ts";
import { circuitsOf } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { CircuitState, circuitStates } from "./provider-circuits.ts";

const WINDOW_MS = 24 * 3_600_000;
const PROBE_TIMEOUT_MS = 10_000;

const ProviderState = z
  .object({
    provider: z.enum(PROVIDER_IDS),
    configured: z.boolean(),
    setting: z.string().meta({ description: "The setting that configures it." }),
    endpoints: z.array(z.string()).meta({ description: "The names of OpenAI-compatible endpoints." }),
    attempts: z.int().meta({ description: "Ended attempts of this workspace's latest delegations of the last 24 hours." }),
    failures: z.int().meta({ description: "Those of them that failed or were interrupted." }),
    error_rate: z.number().nullable(),
    in_flight: z.int(),
    last_outcome: z.object({ status: z.string(), at: z.iso.datetime() }).nullable(),
    last_error: z.object({ code: z.string(), at: z.iso.datetime() }).nullable(),
    circuits: z.array(CircuitState).meta({
      description:
        "Of the models in the catalogue and of those seen lately: the circuits that are not clean. The whole deployment shares them.",
    }),
    probe: z
      .object({ ok: z.boolean(), code: z.string().optional(), message: z.string().optional() })
      .nullable()
      .meta({ description: "What the vendor said just now; null unless asked for." }),
  })
  .meta({ id: "Provider" });
export type ProviderState = z.infer<typeof ProviderState>;

const providers = {
  method: "get",
  path: "/v1/providers",
  id: "listProviders",
  tag: "Models",
  scope: "read",
  summary: "Which providers are configured, and how they do",
  querySchema: z.strictObject({
    probe: z.enum(["true", "false"]).optional().meta({ description: "Ask each configured vendor now; needs the scope admin." }),
  }),
  successes: {
    200: { description: "Every provider.", schema: z.object({ data: z.array(ProviderState) }).meta({ id: "ProviderList" }) },
  },
  errors: [],
} as const satisfies Operation;

export function addProvidersRoute(api: Api): void {
  api.add(providers, async ({ context, config, principal, query }) => {
    if (query.probe === "true") requireScope(principal, "admin");
    const { configured } = deploymentOf(config);
    const health = await providerHealth(createDatabase(context.env.DB), principal.workspace, Date.now() - WINDOW_MS);
    const circuits = await circuitStates(config, health, circuitsOf(context), Date.now());
    const probeOf = (id: (typeof PROVIDER_IDS)[number]) =>
      query.probe === "true" && configured.has(id) ? probeProvider(id, config, AbortSignal.timeout(PROBE_TIMEOUT_MS)) : null;
    const states = PROVIDER_IDS.map(
      async (provider): Promise<ProviderState> => ({
        provider,
        configured: configured.has(provider),
        setting: CAPABILITIES[provider].setting,
        endpoints: provider === "compatible" ? Object.keys(config.compatible) : [],
        ...stateOf(health.get(provider)),
        circuits: circuits.get(provider) ?? [],
        probe: await probeOf(provider),
      }),
    );
    return context.json({ data: await Promise.all(states) });
  });
}

type Seen = Awaited<ReturnType<typeof providerHealth>> extends ReadonlyMap<string, infer Health> ? Health : never;

function stateOf(seen: Seen | undefined) {
  const { attempts = 0, failures = 0, inFlight = 0, lastOutcome = null, lastError = null } = seen ?? {};
  return {
    attempts,
    failures,
    error_rate: attempts === 0 ? null : failures / attempts,
    in_flight: inFlight,
    last_outcome: lastOutcome && { status: lastOutcome.status, at: new Date(lastOutcome.at).toISOString() },
    last_error: lastError && { code: lastError.code, at: new Date(lastError.at).toISOString() },
  };
}
