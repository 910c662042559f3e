import type { DelegationRecord } from "../../client/delegation-record.ts";
import { curlLine } from "../components/curl-line.ts";
import { idLink } from "../components/query-link.ts";

const LONGEST_PROMPT = 8_000;

/** Commands to copy: the same again, and this one read. */
export function DelegationCurl({ record, origin }: { record: DelegationRecord; origin: string }) {
  return (
    <details>
      <summary>As curl</summary>
      <Copied id="curl-read" title="Read it" command={curlLine(origin, idLink("/v1/delegations", record.taskId))} />
      {record.prompt.length <= LONGEST_PROMPT && (
        <Copied id="curl-again" title="Delegate the same again" command={curlLine(origin, "/v1/delegations", bodyOf(record))} />
      )}
    </details>
  );
}

const Copied = ({ id, title, command }: { id: string; title: string; command: string }) => (
  <>
    <p>
      {title}{" "}
      <button type="button" hidden data-copy={id}>
        Copy
      </button>
    </p>
    <pre class="code" tabindex={0} id={id}>
      {command}
    </pre>
  </>
);

/** As much of what was asked for as a record has. */
function bodyOf(record: DelegationRecord) {
  const { task_type, ...properties } = record.properties;
  const given = {
    prompt: record.prompt,
    agent: record.agent,
    provider: record.requestedModel === null ? record.provider : null,
    model: record.requestedModel,
    task_type: record.taskType,
    complexity: record.complexity,
    budget_mode: record.budgetMode,
    properties: Object.keys(properties).length > 0 ? properties : null,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}
