import type { FlowRecord } from "../../client/index.ts";
import { idLink, queryLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { Form } from "../form.tsx";
import type { Action, Page } from "../page.ts";
import { refusal } from "../problem-page.tsx";
import type { Visit } from "../visit.ts";
import { ConsensusView } from "./consensus-view.tsx";
import { FlowOutputs } from "./flow-outputs.tsx";
import { FlowFault, FlowSteps, FlowSummary } from "./flow-view.tsx";
import { OutputText } from "./output-text.tsx";

const cancel: Action = async ({ client, param }) => {
  const { flowId } = await client.flows.cancel(param("flow_id"));
  return { see: idLink("/flows", flowId) };
};

/** One flow: its steps as a graph, what they cost, and what they answered. */
export const flowPage: Page = {
  path: "/flows/:flow_id",
  title: (visit) => visit.param("flow_id"),
  show,
  actions: { "/flows/:flow_id/cancel": cancel },
};

async function show(visit: Visit) {
  const flow = await visit.client.flows.get(visit.param("flow_id"));
  if (flow === null) throw refusal("not_found", "There is no flow of this id, or no more.");
  const isLive = flow.status === "in-progress";
  const events = `${idLink("/flows", flow.flowId)}/events`;
  return (
    <>
      <p class="crumbs">
        <a href="/flows">Flows</a> / <a href={queryLink("/flows", { pattern: flow.pattern })}>{flow.pattern}</a>
      </p>
      <div class="stack" id="summary" data-live={isLive || undefined} data-events={isLive ? events : undefined}>
        <Deeds visit={visit} flow={flow} />
        <FlowFault flow={flow} />
        <FlowSummary flow={flow} now={visit.now} />
      </div>
      {flow.promptPreview !== null && <Prompt text={flow.promptPreview} />}
      <div class="stack" id="steps-region" data-live={isLive || undefined}>
        <FlowSteps flow={flow} />
      </div>
      <div class="stack" id="outputs" data-live={isLive || undefined}>
        {flow.pattern === "consensus" ? <ConsensusView flow={flow} /> : <FlowOutputs flow={flow} />}
      </div>
    </>
  );
}

function Deeds({ visit, flow: { flowId, status } }: { visit: Visit; flow: FlowRecord }) {
  return (
    <div class="actions">
      <StatusBadge status={status} />
      <a class="button" href={queryLink("/delegations", { flow_id: flowId })}>
        All delegations
      </a>
      {status === "in-progress" && visit.may("delegate") && (
        <Form visit={visit} action={`${idLink("/flows", flowId)}/cancel`}>
          <button type="submit" class="danger">
            Cancel the flow
          </button>
        </Form>
      )}
    </div>
  );
}

function Prompt({ text }: { text: string }) {
  return (
    <details class="panel">
      <summary>Prompt</summary>
      <OutputText text={text} />
    </details>
  );
}
