import type { Child } from "hono/jsx";
import type { DelegationRecord } from "../../client/delegation-record.ts";
import { Card } from "../components/card.tsx";
import { Duration } from "../components/duration.tsx";
import { Money } from "../components/money.tsx";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { Time } from "../components/time.tsx";
import { Tokens } from "../components/tokens.tsx";

/** What a delegation comes to, in figures. `now` in milliseconds. */
export function DelegationFigures({ record }: { record: DelegationRecord }) {
  const { status, outcome, costNanos, costMaxNanos, usageFinal, tokensUsed, createdAt, completedAt } = record;
  const isBounded = !usageFinal && costMaxNanos !== null && costMaxNanos !== costNanos;
  return (
    <ul class="cards">
      <Card label="Status" note={outcome !== null && outcome !== status ? outcome : undefined}>
        <StatusBadge status={status} />
      </Card>
      <Card
        label="Cost"
        note={
          isBounded ? (
            <>
              at most <Money nanos={costMaxNanos} />
            </>
          ) : undefined
        }
      >
        <Money nanos={costNanos} />
      </Card>
      <Card label="Tokens">
        <Tokens count={tokensUsed} />
      </Card>
      <Card label="Model" note={record.provider}>
        {record.model ?? record.requestedModel ?? "–"}
      </Card>
      {completedAt !== null && (
        <Card label="Took">
          <Duration ms={Date.parse(completedAt) - Date.parse(createdAt)} />
        </Card>
      )}
    </ul>
  );
}

/** What went wrong, and what was done otherwise than asked. */
export function Remarks({ record: { error, warnings } }: { record: DelegationRecord }) {
  return (
    <>
      {error !== null && (
        <div class="notice bad">
          <p>
            <code>{error.code}</code> {error.message}
          </p>
          {error.attempts !== undefined && (
            <ul>
              {error.attempts.map(({ number, provider, model, code, message }) => (
                <li>
                  {`${number}. ${provider} / ${model}: `}
                  <code>{code}</code> {message}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {warnings.length > 0 && (
        <ul class="notice">
          {warnings.map(({ code, message }) => (
            <li>
              <code>{code}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Everything else that is known of it. */
export function DelegationFacts({ record }: { record: DelegationRecord }) {
  const properties = ownProperties(record);
  const facts: [string, Child][] = [
    ["Agent", record.agent],
    ["Asked for", record.requestedModel],
    ["By", record.createdBy],
    ["Created", <Time at={record.createdAt} />],
    ["Started", record.startedAt && <Time at={record.startedAt} />],
    ["Ended", record.completedAt && <Time at={record.completedAt} />],
    ["Source", record.source === "recorded" ? "recorded: done elsewhere" : null],
    ["Answer of", record.cachedFrom && <a href={idLink("/delegations", record.cachedFrom)}>{record.cachedFrom}</a>],
    ["Batch", record.batchId && <a href={idLink("/batches", record.batchId)}>{record.batchId}</a>],
    ["Flow", record.flowId && <a href={idLink("/flows", record.flowId)}>{record.flowId}</a>],
    ["Step", record.flowStep],
    ["Parent", record.parentTaskId && <a href={idLink("/delegations", record.parentTaskId)}>{record.parentTaskId}</a>],
    ["Kind of task", record.taskType],
    ["Complexity", record.complexity],
    ["Budget mode", record.budgetMode],
    ["Score", record.score !== null && `${record.score}${record.scoreComment ? `: ${record.scoreComment}` : ""}`],
    ["Properties", Object.keys(properties).length > 0 && <code>{JSON.stringify(properties)}</code>],
  ];
  return (
    <dl class="facts">
      {facts.flatMap(([name, value]) =>
        value === null || value === undefined || value === false
          ? []
          : [
              <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>,
            ],
      )}
    </dl>
  );
}

/** The properties without the kind of task, which the client repeats among them and which stands here already. */
function ownProperties({ properties: { task_type, ...others }, taskType }: DelegationRecord): DelegationRecord["properties"] {
  return task_type === undefined || task_type === taskType ? others : { task_type, ...others };
}
