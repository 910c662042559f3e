import type { DelegationRecord } from "../../client/delegation-record.ts";
import type { RetryInput } from "../../client/delegations.ts";
import { Allowed } from "../allowed.tsx";
import { Confirm } from "../components/confirm.tsx";
import { idLink } from "../components/query-link.ts";
import { SelectField, wordOptions } from "../components/select-field.tsx";
import { TextField } from "../components/text-field.tsx";
import { Form } from "../form.tsx";
import type { Action } from "../page.ts";
import { given, type Visit } from "../visit.ts";
import { isFinal, PROVIDER_WORDS } from "../words.ts";

const PATH = "/delegations/:task_id";
const idOf = (visit: Visit): string => visit.param("task_id");
const back = (visit: Visit) => ({ see: idLink("/delegations", idOf(visit)) });

/** What the page's forms do. */
export const DELEGATION_ACTIONS: { readonly [path: string]: Action } = {
  [`${PATH}/cancel`]: async (visit) => {
    await visit.client.cancel(idOf(visit));
    return back(visit);
  },
  [`${PATH}/approve`]: async (visit) => {
    await visit.client.approve(idOf(visit));
    return back(visit);
  },
  [`${PATH}/reject`]: async (visit) => {
    await visit.client.reject(idOf(visit));
    return back(visit);
  },
  [`${PATH}/retry`]: async (visit, form) => {
    const text = (name: string) => form.get(name)?.trim() || undefined;
    const [provider, model] = [text("provider"), text("model")];
    const input = { ...(provider !== undefined && { provider }), ...(model !== undefined && { model }) } as RetryInput;
    const child = await visit.client.retry(idOf(visit), input, { idempotencyKey: text("once") });
    return { see: idLink("/delegations", child.taskId) };
  },
  [`${PATH}/score`]: async (visit, form) => {
    const comment = form.get("comment")?.trim();
    const score = form.get("score")?.trim() || "none";
    await visit.client.score(idOf(visit), Number(score), comment || undefined);
    return back(visit);
  },
  [`${PATH}/delete`]: async (visit) => {
    await visit.client.delete(idOf(visit));
    return { see: "/delegations" };
  },
};

type ActionsProps = {
  visit: Visit;
  record: DelegationRecord;
  /** How many were made of it by retries. */
  childCount: number;
};

/** What can be done with a delegation as it is now. */
export function DelegationActions({ visit, record, childCount }: ActionsProps) {
  const path = idLink("/delegations", record.taskId);
  const button = (deed: string, words: string, kind: string) => (
    <Form visit={visit} action={`${path}/${deed}`}>
      <button type="submit" class={kind}>
        {words}
      </button>
    </Form>
  );
  if (isFinal(record.status))
    return <Afterwards visit={visit} record={record} path={path} once={`again-${record.taskId}-${childCount}`} />;
  return (
    <div class="actions">
      {record.status === "needs-approval" && (
        <Allowed visit={visit} scope="approve" what="To approve or reject it">
          {button("approve", "Approve and run", "primary")}
          {button("reject", "Reject", "danger")}
        </Allowed>
      )}
      <Allowed visit={visit} scope="delegate" what="To cancel it">
        {button("cancel", "Cancel", "danger")}
      </Allowed>
    </div>
  );
}

function Afterwards({ visit, record, path, once }: { visit: Visit; record: DelegationRecord; path: string; once: string }) {
  return (
    <>
      <Allowed visit={visit} scope="delegate" what="To run it again or to score it">
        <Form visit={visit} action={`${path}/retry`} class="filters">
          <input type="hidden" name="once" value={once} />
          <SelectField
            label="Run again on"
            name="provider"
            value={given(visit, "provider")}
            options={wordOptions("the same", PROVIDER_WORDS)}
          />
          <TextField label="Model" name="model" value={given(visit, "model")} placeholder="the same, or the provider's own" />
          <button type="submit">Run again</button>
        </Form>
        <Form visit={visit} action={`${path}/score`} class="filters">
          <TextField
            label="Score, 0 to 1"
            name="score"
            type="number"
            min={0}
            max={1}
            step="any"
            required
            value={given(visit, "score", String(record.score ?? ""))}
          />
          <TextField label="Comment" name="comment" value={given(visit, "comment", record.scoreComment ?? "")} />
          <button type="submit">Score</button>
        </Form>
      </Allowed>
      {visit.may("admin") && (
        <Confirm visit={visit} action={`${path}/delete`} label="Delete its texts">
          Prompt, answer and events are gone for good; its costs stay on the books.
        </Confirm>
      )}
    </>
  );
}
