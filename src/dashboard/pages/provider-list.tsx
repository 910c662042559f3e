import type { Child } from "hono/jsx";
import type { Client } from "../../client/index.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { StatusBadge } from "../components/status-badge.tsx";
import { Time } from "../components/time.tsx";
import { countText } from "../components/tokens.tsx";

export type ProviderRecord = Awaited<ReturnType<Client["providers"]>>[number];
type Circuit = ProviderRecord["circuits"][number];

/** One provider: whether it is configured, how it did in the last 24 hours, and the circuits of its models that are not clean. */
export function ProviderPanel({ provider: state, now }: { provider: ProviderRecord; now: number }) {
  const { provider, configured, endpoints, setting, circuits, probe } = state;
  return (
    <section class="panel" id={`provider-${provider}`}>
      <h2>
        {provider} {configured ? <StatusBadge status="configured" /> : <StatusBadge status="not configured" />}
      </h2>
      {!configured && (
        <p class="muted">
          Set <code>{setting}</code> to use it.
        </p>
      )}
      {endpoints.length > 0 && <p class="muted">{`Endpoints: ${endpoints.join(", ")}`}</p>}
      {probe !== null && <Probe probe={probe} />}
      <Health state={state} now={now} />
      {circuits.length > 0 ? (
        <DataTable caption={`Circuits of ${provider}`} columns={columnsAt(now)} rows={circuits} />
      ) : (
        configured && <p class="muted">All circuits are closed: every call is made.</p>
      )}
    </section>
  );
}

function Health({
  state: { attempts, failures, errorRate, inFlight, lastOutcome, lastError },
  now,
}: {
  state: ProviderRecord;
  now: number;
}) {
  return (
    <dl class="facts">
      <Fact name="Attempts in 24 h">{countText(attempts)}</Fact>
      <Fact name="Error rate">
        {errorRate === null ? (
          <span class="unknown">none made</span>
        ) : (
          `${(errorRate * 100).toFixed(1)} % (${countText(failures)} failed)`
        )}
      </Fact>
      <Fact name="In flight">{countText(inFlight)}</Fact>
      <Fact name="Last attempt">
        {lastOutcome === null ? (
          <span class="unknown">–</span>
        ) : (
          <>
            <StatusBadge status={lastOutcome.status} /> <Time at={lastOutcome.at} now={now} />
          </>
        )}
      </Fact>
      <Fact name="Last error">
        {lastError === null ? (
          <span class="unknown">–</span>
        ) : (
          <>
            <code>{lastError.code}</code> <Time at={lastError.at} now={now} />
          </>
        )}
      </Fact>
    </dl>
  );
}

const Fact = ({ name, children }: { name: string; children: Child }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** What the vendor said when it was asked just now. */
function Probe({ probe: { ok, code, message } }: { probe: NonNullable<ProviderRecord["probe"]> }) {
  if (ok) return <p class="notice good">The vendor answers, and takes the key.</p>;
  return (
    <p class="notice bad">
      The vendor does not answer as it should: <code>{code ?? "unknown"}</code> {message}
    </p>
  );
}

const columnsAt = (now: number): Column<Circuit>[] => [
  { head: "Model", cell: ({ model, endpoint }) => (endpoint === null ? model : `${endpoint}/${model}`) },
  { head: "Circuit", cell: ({ state }) => <StatusBadge status={state} /> },
  { head: "Faults", numeric: true, cell: ({ faults }) => countText(faults) },
  { head: "No call before", cell: ({ notBefore }) => <Time at={notBefore} now={now} /> },
  { head: "Last fault", cell: ({ lastFault }) => lastFault !== null && <code>{lastFault.code}</code> },
];
