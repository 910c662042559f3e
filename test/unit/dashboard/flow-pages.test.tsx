import { describe, expect, test } from "vitest";
import type { FlowRecord, FlowRow } from "../../../src/client/index.ts";
import { verdictOf } from "../../../src/dashboard/pages/consensus-verdict.ts";
import { ConsensusView } from "../../../src/dashboard/pages/consensus-view.tsx";
import { FlowList } from "../../../src/dashboard/pages/flow-list.tsx";
import { FlowOutputs, groupsOf, reviewText } from "../../../src/dashboard/pages/flow-outputs.tsx";
import { FlowFault, FlowSteps, FlowSummary } from "../../../src/dashboard/pages/flow-view.tsx";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const AT = "2026-11-22T10:00:00.000Z";
const NOW = Date.parse(AT) + 65_000;

type Step = FlowRecord["steps"][number];
const step = (name: string, over: Partial<Step> = {}): Step => ({
  ...{ name, taskId: `f.${name}`, called: null, status: "completed", output: `${name} says so`, outputTruncated: false },
  ...{ model: "gpt-5", cost: 0.001, costNanos: 1_000_000, tokensUsed: 10, error: null, url: `/v1/delegations/f.${name}` },
  ...over,
});
const flow = (over: Partial<FlowRecord> = {}): FlowRecord => ({
  ...{ flowId: "f", pattern: "chain", status: "completed", createdAt: AT, completedAt: AT, createdBy: "ci", promptPreview: null },
  ...{ properties: {}, parentTaskId: null, deadline: null, output: null, outputData: null, steps: [], tokensUsed: 30 },
  ...{ cost: 0.003, costNanos: 3_000_000, error: null },
  ...over,
});
const failed = { status: "failed", output: null, error: { code: "timeout", message: "Too late." } } as const;

describe("FlowList", () => {
  const row: FlowRow = {
    ...{ flowId: "f/1", pattern: "chain", status: "failed", createdAt: AT, completedAt: AT, createdBy: "ci" },
    ...{ stepCount: 3, stepsEnded: 2, tokensUsed: 1_234, cost: null, costNanos: null, error: null },
  };
  const list = (rows: FlowRow[], narrowed = false) =>
    drawn(<FlowList rows={rows} narrowed={narrowed} origin="https://depute.example" now={NOW} />);

  test("leads to each flow, and says what it costs is unknown when it is", () => {
    const markup = list([row]);
    expect(markup).toContain('<a href="/flows/f%2F1">f/1</a>');
    expect(markup).toContain("2 of 3 started");
    expect(markup).toContain('<span class="unknown">unknown</span>');
    expect(markup).toContain("1 min ago");
  });

  test("tells a newcomer how to start one, and whoever filters that nothing fits", () => {
    expect(list([])).toContain("curl https://depute.example/v1/flows");
    expect(list([], true)).toContain("No flow fits this filter.");
    expect(list([], true)).not.toContain("curl");
  });

  test("is inert", () => expectInert(list([{ ...row, flowId: HOSTILE, createdBy: HOSTILE }])));
});

describe("FlowSummary", () => {
  test("counts what ended, and the time up to now while it runs", () => {
    const steps = [step("a"), step("b", failed), step("c", { status: "in-progress", output: null })];
    const markup = drawn(<FlowSummary flow={flow({ status: "in-progress", completedAt: null, steps })} now={NOW} />);
    expect(markup).toContain("2 of 3 ended");
    expect(markup).toContain("Running for");
    expect(markup).toContain("1 min 5 s");
    expect(markup).toContain("$0.003");
  });

  test("says that not all of the cost is known when it is not", () => {
    expect(drawn(<FlowSummary flow={flow({ cost: null, costNanos: null })} now={NOW} />)).toContain("not all of it");
  });
});

describe("FlowFault", () => {
  test("says why, and leads to the step at fault", () => {
    const error = { code: "step_failed", message: "b failed.", step: "b" } as const;
    const markup = drawn(<FlowFault flow={flow({ status: "failed", error: { ...error, message: HOSTILE } })} />);
    expect(markup).toContain('<a href="/delegations/f.b">See b</a>');
    expectInert(markup);
    expect(drawn(<FlowFault flow={flow({ error: { ...error, step: null } })} />)).not.toContain("See");
  });
});

describe("FlowSteps", () => {
  test("has tokens and costs of what ended only, and errors only when there are some", () => {
    const open = step("b", { status: "pending", output: null, model: null, tokensUsed: 0, costNanos: 0 });
    const markup = drawn(<FlowSteps flow={flow({ steps: [step("a"), open] })} />);
    expect(markup).toContain('<a href="/delegations/f.a">a</a>');
    expect(markup).not.toContain("$0.00<");
    expect(markup).not.toContain(">Error<");
    const broken = drawn(<FlowSteps flow={flow({ steps: [step("a", failed)] })} />);
    expect(broken).toContain("timeout: Too late.");
  });

  test("is inert", () => {
    const steps = [step(HOSTILE, { model: HOSTILE, taskId: HOSTILE, error: { code: "timeout", message: HOSTILE } })];
    expectInert(drawn(<FlowSteps flow={flow({ steps })} />).replaceAll(/<text[^>]*>[^<]*<\/text>/g, ""));
  });
});

describe("FlowOutputs", () => {
  test("has the answer, then what the steps said besides it", () => {
    const steps = [step("a"), step("b", { output: "the end" }), step("c", failed)];
    const markup = drawn(<FlowOutputs flow={flow({ output: "the end", steps })} />);
    expect(markup.match(/the end/g)).toHaveLength(1);
    expect(markup).toContain("a says so");
    expect(markup).toContain("timeout: Too late.");
  });

  test("groups an improvement by its cycles", () => {
    const names = ["draft", "review-0", "improvement-cycle-0", "review-1"];
    const groups = groupsOf({ pattern: "improve", steps: names.map((name) => step(name)), output: null });
    expect(groups.map(({ title, steps }) => [title, steps.map(({ name }) => name)])).toEqual([
      ["Draft", ["draft"]],
      ["Cycle 1", ["review-0", "improvement-cycle-0"]],
      ["Cycle 2", ["review-1"]],
    ]);
  });

  test("leaves out what has said nothing yet", () => {
    expect(groupsOf({ pattern: "chain", steps: [step("a", { status: "pending", output: null })], output: null })).toEqual([]);
  });

  test("says of a text that was cut that there is more", () => {
    const markup = drawn(<FlowOutputs flow={flow({ steps: [step("a", { outputTruncated: true })] })} />);
    expect(markup).toContain("Only its beginning is shown here");
  });

  test("is inert", () =>
    expectInert(drawn(<FlowOutputs flow={flow({ output: HOSTILE, steps: [step("a", { output: HOSTILE })] })} />)));
});

describe("reviewText", () => {
  test("has a review in its own words, and what is none as it is", () => {
    expect(reviewText("review-0", '{"approved":false,"feedback":"Shorter."}')).toBe("Not approved. Shorter.");
    expect(reviewText("review-1", '{"approved":true,"feedback":"Good."}')).toBe("Approved. Good.");
    for (const text of ["null", "no JSON", '{"feedback":1}']) expect(reviewText("review-0", text)).toBe(text);
    expect(reviewText("draft", '{"approved":true,"feedback":"x"}')).toBe('{"approved":true,"feedback":"x"}');
  });
});

describe("verdictOf", () => {
  test("reads agreement and dissent, and leaves out what is no point", () => {
    const dissent = [{ member: "codex", point: "No." }, { member: 1, point: "x" }, null, "x"];
    expect(verdictOf({ agreement: 0.7, dissent, synthesis: "s" })).toEqual({ agreement: 0.7, dissent: [dissent[0]] });
    expect(verdictOf({ agreement: 7, dissent: [] })?.agreement).toBe(1);
  });

  test.each([null, "text", 1, {}, { agreement: "high", dissent: [] }, { agreement: 1 }])("finds none in %j", (data) => {
    expect(verdictOf(data)).toBeUndefined();
  });
});

describe("ConsensusView", () => {
  const members = [
    step("member-0", { called: "claude" }),
    step("member-1", { called: "codex" }),
    step("member-2", { called: "gemini", ...failed }),
    step("judge", { output: "{}" }),
  ];
  const outputData = { synthesis: "Both.", agreement: 0.7, dissent: [{ member: "codex", point: "Not so fast." }] };
  const view = (over: Partial<FlowRecord>) => drawn(<ConsensusView flow={flow({ pattern: "consensus", ...over })} />);

  test("has the synthesis, how far they agree, and each answer with what it dissents on", () => {
    const markup = view({ steps: members, output: "Both.", outputData });
    expect(markup).toContain("70 % agreement");
    expect(markup).toContain("<strong>codex</strong> dissents: Not so fast.");
    const articles = markup.split("<article ").slice(1);
    expect(articles).toHaveLength(3);
    expect(articles.map((article) => article.startsWith('class="member dissents"'))).toEqual([false, true, false]);
    expect(articles[1]).toContain("Dissents: Not so fast.");
    expect(articles[2]).toContain("timeout: Too late.");
  });

  test("says that nobody dissents when nobody does", () => {
    expect(view({ steps: members, output: "Both.", outputData: { ...outputData, dissent: [] } })).toContain("Nobody dissents.");
  });

  test("shows the answers there are before there is a synthesis", () => {
    const markup = view({ status: "in-progress", steps: members.slice(0, 2) });
    expect(markup).not.toContain("Synthesis");
    expect(markup).toContain("member-0 says so");
  });

  test("calls a member of an old flow by its model", () => {
    const dissent = [{ member: "gpt-5", point: "No." }];
    const markup = view({ steps: [step("member-0")], output: "x", outputData: { ...outputData, dissent } });
    expect(markup).toContain('class="member dissents"');
  });

  test("is inert", () => {
    const dissent = [{ member: HOSTILE, point: HOSTILE }];
    const steps = [step("member-0", { called: HOSTILE, output: HOSTILE, model: HOSTILE })];
    expectInert(view({ steps, output: HOSTILE, outputData: { ...outputData, dissent } }));
  });
});
