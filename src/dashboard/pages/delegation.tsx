import type { DelegationRecord } from "../../client/delegation-record.ts";
import type { DelegationEvent } from "../../delegations/events.ts";
import { AttemptTimeline } from "../components/attempt-timeline.tsx";
import { idLink } from "../components/query-link.ts";
import type { Page } from "../page.ts";
import { refusal } from "../problem-page.tsx";
import { isFinal } from "../words.ts";
import { DELEGATION_ACTIONS, DelegationActions } from "./delegation-actions.tsx";
import { DelegationCurl } from "./delegation-curl.tsx";
import { DelegationFacts, DelegationFigures, Remarks } from "./delegation-facts.tsx";
import { DelegationTree } from "./delegation-tree.tsx";
import { EventList } from "./event-list.tsx";
import { logText } from "./log-text.ts";
import { OutputText } from "./output-text.tsx";

/** One delegation, live while it runs. */
export const delegationPage: Page = {
  path: "/delegations/:task_id",
  title: (visit) => visit.param("task_id"),
  actions: DELEGATION_ACTIONS,
  show: async (visit) => {
    const taskId = visit.param("task_id");
    // The tree of one that is not there says so in the API's words.
    const [tree, record, events] = await Promise.all([
      visit.client.tree(taskId),
      visit.client.getResultsByTaskId(taskId),
      all(visit.client.log(taskId)),
    ]);
    if (record === null) throw refusal("not_found", `There is no delegation ${taskId}.`);
    const live = { "data-live": isFinal(record.status) ? undefined : true };
    const childCount = tree.data.filter(({ parentTaskId }) => parentTaskId === taskId).length;
    return (
      <>
        <section id="state" {...live} aria-label="State" class="stack">
          <DelegationFigures record={record} />
          <Remarks record={record} />
        </section>
        <section id="actions" {...live} class="panel" aria-label="Actions">
          <DelegationActions visit={visit} record={record} childCount={childCount} />
        </section>
        <section class="panel">
          <h2>Prompt</h2>
          <OutputText text={record.prompt} />
        </section>
        <section id="answer" {...live} class="panel">
          <h2>Answer</h2>
          <Answer record={record} events={events} />
        </section>
        <section id="attempts" {...live} class="panel">
          <h2>Attempts</h2>
          <AttemptTimeline id="attempt-times" attempts={record.attempts} now={visit.now} />
        </section>
        {tree.data.length > 1 && (
          <section class="panel">
            <h2>Parents and children</h2>
            <DelegationTree tree={tree} taskId={taskId} />
          </section>
        )}
        <section class="panel">
          <h2>Details</h2>
          <DelegationFacts record={record} />
          <DelegationCurl record={record} origin={visit.url.origin} />
          <details>
            <summary>Events</summary>
            <div id="events" {...live}>
              <EventList events={events} />
            </div>
          </details>
        </section>
      </>
    );
  },
};

/** The answer; of one that runs, as much as there is, which grows where there is JavaScript. */
function Answer({ record, events }: { record: DelegationRecord; events: readonly DelegationEvent[] }) {
  const { answer, thinking, lastSeq } = logText(events);
  if (!isFinal(record.status)) {
    return (
      <div data-events={`${idLink("/delegations", record.taskId)}/events?after=${lastSeq}`}>
        {record.status === "needs-approval" && <p class="muted">It begins once it is approved.</p>}
        {record.status !== "needs-approval" && <Growing answer={answer} thinking={thinking} />}
      </div>
    );
  }
  const text = record.output ?? answer;
  return (
    <>
      {thinking !== "" && (
        <details>
          <summary>Thinking</summary>
          <OutputText text={thinking} />
        </details>
      )}
      {record.output === null && text !== "" && <p class="muted">What had come of it before it ended:</p>}
      {text === "" ? <p class="muted">There is none.</p> : <OutputText text={text} />}
    </>
  );
}

/** The texts as they come. */
const Growing = ({ answer, thinking }: { answer: string; thinking: string }) => (
  <>
    <details>
      <summary>Thinking</summary>
      <pre class="output" tabindex={0} data-delta="reasoning">
        {thinking}
      </pre>
    </details>
    <pre class="output" tabindex={0} data-delta="agent_message" role="log" aria-label="The answer as it comes">
      {answer}
    </pre>
  </>
);

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}
