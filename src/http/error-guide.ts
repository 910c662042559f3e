import { API_ERRORS, type ApiErrorCode, FAILURES, type FailureCode, FLOW_FAILURES, type FlowFailureCode } from "../errors.ts";

/** What the caller of a refused request can do. */
const REMEDIES: { readonly [code in ApiErrorCode]: string } = {
  invalid_request: "`errors` names each field at fault. Change the request.",
  provider_not_configured:
    "The deployment has no key of this vendor: `GET /v1/providers` shows which it has. Name another, or set the key.",
  unauthorized: "Send `Authorization: Bearer dpt_…` with a key that is neither revoked nor expired.",
  budget_exceeded:
    "The text says what would fit: lower `max_output_tokens`, take a cheaper model, raise the budget, or wait for its next period.",
  forbidden: "The key lacks the scope that the text names. Ask for one that has it.",
  not_found: "Look at the path and the id; a task of another workspace is unknown here.",
  conflict:
    "What exists says otherwise: an id with another body, or a state that does not allow this. Read it first, or take a new id.",
  already_created:
    "This `Idempotency-Key` made it before; the text has the id. Secrets are shown once: rotate it when it was lost.",
  gone: "It was deleted, or its retention is over. Its id cannot be used again.",
  payload_too_large: "The text has the limit. Send less, or in parts.",
  idempotency_mismatch: "The same key with the same body is the same thing; take a new key for another body.",
  rate_limited: "Wait as long as `Retry-After` says, and send it again: nothing was done.",
  internal:
    "Send it again later, with the same id or `Idempotency-Key`; if it stays, `request_id` finds it in the log of the deployment.",
  unavailable: "The text says what is missing. Send it again later, no sooner than `Retry-After` says when it is there.",
};

/** Why a task or one of its attempts failed. */
const MEANINGS: { readonly [code in FailureCode]: string } = {
  provider_rate_limited: "The vendor takes no more for now.",
  provider_overloaded: "The vendor has too much to do.",
  provider_upstream: "The vendor failed, or could not be reached.",
  truncated_stream: "The vendor's answer was cut off before its end.",
  timeout: "The attempt took longer than `timeout`.",
  interrupted: "The server was ended in the middle of the attempt; what was seen of it is kept and priced.",
  provider_auth: "The vendor refuses the deployment's key.",
  provider_quota_exhausted: "A quota or spend limit of the deployment's account at the vendor is used up.",
  provider_invalid_request: "The vendor does not take what was asked of it.",
  model_not_found: "The vendor does not have this model, or not for this account.",
  refused: "The model declined to answer.",
  blocked: "A filter of the vendor held the answer back.",
  context_exceeded: "Prompt and answer are longer than the model takes.",
  invalid_output: "The answer does not fit the output that was asked for, nor did its repair.",
  deadline_exceeded: "The task was not done within its `deadline`.",
  cancelled: "Somebody cancelled it.",
  rejected: "It waited for approval, and somebody said no.",
  approval_expired: "It waited for approval, and nobody decided within seven days.",
  budget_exceeded: "A budget or `max_cost` does not allow the attempt.",
  conflict: "Its id was taken by another task while its batch or flow had not started it.",
  internal: "Something failed on our side.",
  all_candidates_failed: "Everybody who was asked failed; `attempts` has the error of each.",
};

/** What follows by itself, by what the retry policy does. */
const CONSEQUENCES: { readonly [action in (typeof FAILURES)[FailureCode]]: string } = {
  wait: "It waits, then asks again, or asks the next candidate.",
  again: "The same candidate again, up to `max_attempts`, then the next.",
  next: "The next candidate; this one is not asked again.",
  stop: "The task ends.",
};

/** Why a flow failed as a whole. */
const FLOW_MEANINGS: { readonly [code in FlowFailureCode]: string } = {
  step_failed: "A step that all depends on failed; `error.step` names it, its delegation says why.",
  too_few_answers: "Fewer than two of the panel answered.",
  invalid_plan: "The planner's plan could not be used, nor could its repair.",
  all_parts_failed: "No part of the plan was done.",
  prompt_empty: "A step's prompt was made of nothing.",
  prompt_too_large: "A step's prompt grew over the limits when earlier outputs were put in.",
  deadline_exceeded: "The flow was not done within its `deadline`.",
  cancelled: "Somebody cancelled it.",
};

const TRANSIENT: readonly ApiErrorCode[] = ["rate_limited", "internal", "unavailable"];

type Section = { title: string; text: string; head: readonly string[]; rows: readonly (readonly string[])[] };

/** Every error code: what it means, whether it passes by itself, what to do. The tables of `src/errors.ts` decide which there are. */
const SECTIONS: readonly Section[] = [
  {
    title: "Refused requests",
    text: "An answer of 400 or more is `application/problem+json` (RFC 9457): `{type, title, status, detail, code, errors?, request_id}`. `code` is one of these; `detail` says what it was this time.",
    head: ["code", "status", "meaning", "passes by itself", "what to do"],
    rows: (Object.keys(API_ERRORS) as ApiErrorCode[]).map((code) => {
      const { status, title } = API_ERRORS[code];
      return [`\`${code}\``, String(status), `${title}.`, TRANSIENT.includes(code) ? "yes" : "no", REMEDIES[code]];
    }),
  },
  {
    title: "Failed tasks and attempts",
    text: "`error.code` of a delegation, and of each of its attempts. What follows needs nobody: a task goes on until it is done, or nobody is left to ask.",
    head: ["code", "meaning", "passes by itself", "what follows"],
    rows: (Object.keys(FAILURES) as FailureCode[]).map((code) => {
      const action = FAILURES[code];
      const passes = action === "wait" || action === "again" ? "yes" : "no";
      return [`\`${code}\``, MEANINGS[code], passes, CONSEQUENCES[action]];
    }),
  },
  {
    title: "Failed flows",
    text: "`error.code` of a flow.",
    head: ["code", "meaning"],
    rows: FLOW_FAILURES.map((code) => [`\`${code}\``, FLOW_MEANINGS[code]]),
  },
];

/** As Markdown with tables. */
export const errorTables = (): string => guide(({ head, rows }) => [head, head.map(() => "---"), ...rows].map(tableLine));

/** As Markdown with lists, for narrow columns. */
export const errorLists = (): string =>
  guide(({ rows }) => rows.map((cells) => `- ${cells.filter((cell) => cell !== "yes" && cell !== "no").join(" ")}`));

const guide = (linesOf: (section: Section) => string[]): string =>
  SECTIONS.map((section) => `## ${section.title}\n\n${section.text}\n\n${linesOf(section).join("\n")}\n`).join("\n");

const tableLine = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
