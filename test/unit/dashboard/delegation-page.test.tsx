import { describe, expect, test } from "vitest";
import type { DelegationRecord } from "../../../src/client/delegation-record.ts";
import type { TreeRecord } from "../../../src/client/delegations.ts";
import { DelegationActions } from "../../../src/dashboard/pages/delegation-actions.tsx";
import { DelegationCurl } from "../../../src/dashboard/pages/delegation-curl.tsx";
import { DelegationFacts, DelegationFigures, Remarks } from "../../../src/dashboard/pages/delegation-facts.tsx";
import { DelegationTree } from "../../../src/dashboard/pages/delegation-tree.tsx";
import { EventList, whatOf } from "../../../src/dashboard/pages/event-list.tsx";
import { logText } from "../../../src/dashboard/pages/log-text.ts";
import type { Visit } from "../../../src/dashboard/visit.ts";
import type { DelegationEvent, EventBody } from "../../../src/delegations/events.ts";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const AT = "2026-11-22T10:00:00.000Z";

const record = (fields: Partial<DelegationRecord> = {}): DelegationRecord => ({
  taskId: "task-1",
  prompt: "Say hello",
  agent: "writer",
  status: "completed",
  createdAt: AT,
  startedAt: AT,
  completedAt: "2026-11-22T10:00:02.500Z",
  output: "Hello",
  result: "Hello",
  tokensUsed: 1_234,
  model: "claude-sonnet-5-5",
  cost: 0.001716,
  costNanos: 1_716_000,
  error: null,
  usageFinal: true,
  costMax: 0.001716,
  costMaxNanos: 1_716_000,
  requestedModel: null,
  provider: "claude",
  outcome: "completed",
  outputData: null,
  usage: { inputTokens: 0, cachedInputTokens: 0, cacheWriteInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 },
  attempts: [],
  warnings: [],
  source: "run",
  cachedFrom: null,
  batchId: null,
  flowId: null,
  flowStep: null,
  parentTaskId: null,
  taskType: null,
  complexity: null,
  budgetMode: null,
  properties: {},
  createdBy: "ci",
  score: null,
  scoreComment: null,
  ...fields,
});

const visit = (...scopes: string[]): Visit =>
  ({ token: "token", may: (scope: string) => scopes.includes(scope), refused: undefined }) as unknown as Visit;

const events = (...bodies: EventBody[]): DelegationEvent[] =>
  bodies.map((body, index) => ({ seq: index + 1, at: AT, task_id: "task-1", ...body }));
const delta = (type: "agent_message" | "reasoning", text: string): EventBody => ({
  type: "item.updated",
  item: { id: "item", type },
  delta: text,
});
const turn = (number: number): EventBody => ({ type: "turn.started", number, provider: "claude", model: "m" });

describe("logText", () => {
  test("puts the pieces of the last attempt together, answer and thinking apart", () => {
    const log = events(turn(1), delta("agent_message", "lost"), turn(2), delta("reasoning", "hm"), delta("agent_message", "He"));
    expect(logText([...log, ...events(delta("agent_message", "llo"))])).toEqual({ answer: "Hello", thinking: "hm", lastSeq: 1 });
    expect(logText(log).lastSeq).toBe(5);
  });

  test("of an empty log is empty", () => {
    expect(logText([])).toEqual({ answer: "", thinking: "", lastSeq: 0 });
  });
});

describe("the figures of a delegation", () => {
  test("give the cost to the nano-dollar, and say when it is not known", () => {
    expect(drawn(<DelegationFigures record={record()} />)).toContain("$0.001716");
    expect(drawn(<DelegationFigures record={record({ costNanos: null })} />)).toContain("unknown");
  });

  test("say the most it can have cost while that is not final", () => {
    const page = drawn(<DelegationFigures record={record({ usageFinal: false, costMaxNanos: 9_000_000 })} />);
    expect(page).toContain("at most");
    expect(page).toContain("$0.009");
  });

  test("have times that machines read, in UTC", () => {
    expect(drawn(<DelegationFacts record={record()} />)).toContain(`<time datetime="${AT}"`);
  });

  test("say the kind of task once, and every property of the caller's own", () => {
    const facts = (properties: DelegationRecord["properties"]) =>
      drawn(<DelegationFacts record={record({ taskType: "TESTING", properties })} />).split("TESTING").length - 1;
    expect(facts({ task_type: "TESTING" })).toBe(1);
    const own = drawn(
      <DelegationFacts record={record({ taskType: "TESTING", properties: { task_type: "mine", team: "red" } })} />,
    );
    expect(own).toContain("mine");
    expect(own).toContain("red");
  });
});

describe("what can be done with a delegation", () => {
  const actions = (status: DelegationRecord["status"], ...scopes: string[]) =>
    drawn(<DelegationActions visit={visit(...scopes)} record={record({ status })} childCount={0} />);
  const targets = (page: string) => [...page.matchAll(/action="\/delegations\/task-1\/(\w+)"/g)].map(([, deed]) => deed);

  test("depends on its status", () => {
    const all = ["delegate", "approve", "admin"];
    expect(targets(actions("needs-approval", ...all))).toEqual(["approve", "reject", "cancel"]);
    expect(targets(actions("in-progress", ...all))).toEqual(["cancel"]);
    expect(targets(actions("failed", ...all))).toEqual(["retry", "score", "delete"]);
  });

  test("is offered to keys that may only, and the others are told why", () => {
    expect(targets(actions("needs-approval", "delegate"))).toEqual(["cancel"]);
    expect(actions("needs-approval", "delegate")).toContain("<code>approve</code>");
    expect(targets(actions("completed", "read"))).toEqual([]);
    expect(targets(actions("completed", "delegate"))).toEqual(["retry", "score"]);
  });

  test("every form carries the token", () => {
    const page = actions("completed", "delegate", "admin");
    expect(page.split("<form").length - 1).toBe(page.split('name="form_token" value="token"').length - 1);
  });

  test("a retry is another one once there is a child of the last", () => {
    const once = (childCount: number) =>
      /name="once" value="([^"]*)"/.exec(
        drawn(<DelegationActions visit={visit("delegate")} record={record()} childCount={childCount} />),
      )?.[1];
    expect(once(0)).toBe(once(0));
    expect(once(1)).not.toBe(once(0));
  });
});

describe("what vendors and callers wrote", () => {
  const hostile = record({
    taskId: HOSTILE,
    prompt: HOSTILE,
    agent: HOSTILE,
    model: HOSTILE,
    createdBy: HOSTILE,
    scoreComment: HOSTILE,
    score: 1,
    flowStep: HOSTILE,
    batchId: HOSTILE,
    properties: { [HOSTILE]: HOSTILE },
    error: {
      code: HOSTILE,
      message: HOSTILE,
      attempts: [{ number: 1, provider: HOSTILE, model: HOSTILE, code: HOSTILE, message: HOSTILE }],
    },
    warnings: [{ code: HOSTILE, message: HOSTILE }],
  });
  const node = {
    ...hostile,
    depth: 0,
    errorCode: HOSTILE,
    promptPreview: HOSTILE,
    deleted: false,
  } as unknown as TreeRecord["data"][number];
  const failed = events({
    ...{
      type: "turn.failed",
      number: 1,
      usage: {
        input_tokens: 0,
        cached_input_tokens: 0,
        cache_write_input_tokens: 0,
        output_tokens: 0,
        reasoning_output_tokens: 0,
      },
    },
    ...{ error: { code: HOSTILE, message: HOSTILE }, cost: null, cost_nanos: null, retry_at: null },
  } as EventBody);

  test.each([
    ["figures", <DelegationFigures record={hostile} />],
    ["remarks", <Remarks record={hostile} />],
    ["facts", <DelegationFacts record={hostile} />],
    ["actions", <DelegationActions visit={visit("delegate", "admin")} record={hostile} childCount={0} />],
    ["tree", <DelegationTree tree={{ rootTaskId: HOSTILE, truncated: false, data: [node] }} taskId="task-1" />],
    ["events", <EventList events={failed} />],
  ])("stands in the %s as text", (_name, element) => {
    expectInert(drawn(element));
  });
});

test("what stands in a command is quoted for the shell and for the page", () => {
  const page = drawn(<DelegationCurl record={record({ prompt: `it's <b>"$(x)"</b>` })} origin="https://depute.test" />);
  expect(page).not.toContain("<b>");
  expect(page).toContain("it&#39;\\&#39;&#39;s &lt;b&gt;\\&quot;$(x)\\&quot;&lt;/b&gt;");
});

describe("an event", () => {
  test.each<[EventBody, string]>([
    [turn(2), "attempt 2: claude / m"],
    [{ type: "approval.resolved", decision: "approved", by: "ci" }, "approved by ci"],
    [{ type: "thread.completed", status: "failed", error: { code: "timeout", message: "x" } }, "failed: timeout"],
    [{ type: "thread.started" }, ""],
  ])("%j is %s", (body, words) => {
    const [event] = events(body);
    expect(event && whatOf(event)).toBe(words);
  });

  test("of the pieces of a text none is listed", () => {
    expect(drawn(<EventList events={events(delta("agent_message", "x"), turn(1))} />)).not.toContain("item.updated");
  });
});
