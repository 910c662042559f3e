import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { BatchId } from "../../../src/batches/batch.ts";
import { derivedBatchId, tasksOf } from "../../../src/cli/batch-file.ts";
import { candidate } from "../../../src/cli/candidate.ts";
import { delegationFields } from "../../../src/cli/delegation-options.ts";
import { chainSteps } from "../../../src/cli/flow-chain.ts";
import { Given } from "../../../src/cli/given.ts";
import { promptOf } from "../../../src/cli/prompt.ts";
import { workPath } from "../../../src/cli/work-path.ts";
import { DelegationInput } from "../../../src/delegations/delegation.ts";

const folder = mkdtempSync(join(tmpdir(), "depute-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the file of a batch", () => {
  test("has a task a line, as an object or a prompt", () => {
    expect(tasksOf('{"prompt": "a", "model": "m"}\n\n"b"\r\n', "f")).toEqual([{ prompt: "a", model: "m" }, { prompt: "b" }]);
  });

  test.each([
    ["\n", "f has no tasks."],
    ['"a"\nb', "f:2 is not JSON."],
    ['"a"\n\n[]', "f:3 is no object."],
    ["5", "f:1 is no object."],
  ])("%j is refused at its place", (text, said) => {
    expect(() => tasksOf(text, "f")).toThrow(said);
  });

  test("has one id for the same work, and another for other work", () => {
    const id = derivedBatchId([{ prompt: "a" }], {});
    expect(derivedBatchId(tasksOf('{"prompt":  "a"}', "other"), {})).toBe(id);
    expect(derivedBatchId([{ prompt: "b" }], {})).not.toBe(id);
    expect(derivedBatchId([{ prompt: "a" }], { model: "m" })).not.toBe(id);
    expect(BatchId.safeParse(id).success).toBe(true);
  });
});

describe("the flags of a delegation", () => {
  const schema = join(folder, "schema.json");
  writeFileSync(schema, '{"type": "object"}');
  const flags = {
    provider: "claude",
    model: "claude-opus",
    agent: "coder",
    system: "Be brief.",
    fallbacks: "gemini,gpt-4-turbo",
    "task-type": "code-review",
    complexity: "high",
    budget: "cost-optimized",
    temperature: "0.5",
    "max-output-tokens": "100",
    "max-thinking-budget": "0",
    "max-cost": "0.5",
    "max-attempts": "2",
    timeout: "60",
    deadline: "600",
    approval: "manual",
    "output-json": true,
    "output-schema": schema,
    cache: "60",
    parent: "p",
    property: ["team=core"],
  };

  test("are fields that the API takes, each one", () => {
    const fields = delegationFields(new Given([], flags));
    expect(Object.values(fields)).toHaveLength(Object.keys(flags).length);
    expect(DelegationInput.parse({ prompt: "a", ...fields })).toEqual({ prompt: "a", ...fields });
    expect(fields).toMatchObject({
      fallbacks: [{ provider: "gemini" }, { model: "gpt-4-turbo" }],
      task_type: "CODE_REVIEW",
      budget_mode: "COST_OPTIMIZED",
      output_schema: { type: "object" },
      cache: { max_age: 60 },
      properties: { team: "core" },
    });
  });

  test("say nothing when they are not given", () => {
    expect(Object.values(delegationFields(new Given([], {}))).filter((field) => field !== undefined)).toEqual([]);
    expect(delegationFields(new Given([], { fallbacks: "auto" })).fallbacks).toBe("auto");
  });

  test("name the schema's file when it cannot be read", () => {
    const given = new Given<"output-schema">([], { "output-schema": join(folder, "none") });
    expect(() => delegationFields(given)).toThrow(/none cannot be read as JSON/);
  });
});

test("a name is a provider's, else a model's", () => {
  expect([candidate("codex"), candidate("toString")]).toEqual([{ provider: "codex" }, { model: "toString" }]);
});

describe("a chain", () => {
  test("tells each step the output before it, unless its prompt says what it wants", () => {
    expect(chainSteps(["a {{input}}", "b", "c {{steps.step-1.output}}"], ["gemini", "claude-opus"])).toEqual([
      { name: "step-1", prompt: "a {{input}}", provider: "gemini" },
      { name: "step-2", prompt: "b\n\n{{steps.step-1.output}}", model: "claude-opus" },
      { name: "step-3", prompt: "c {{steps.step-1.output}}" },
    ]);
  });
});

test("a prompt of - is the standard input, and an empty one is refused", async () => {
  const terminal = { out: () => undefined, err: () => undefined, isOutTty: false, isErrTty: false, columns: 80 };
  const typed = { ...terminal, input: async () => "typed\n" };
  expect([await promptOf("-", typed), await promptOf("said", typed)]).toEqual(["typed\n", "said"]);
  await expect(promptOf("-", { ...terminal, input: async () => " \n" })).rejects.toThrow("The prompt is empty.");
});

test("an id is a delegation's unless it is said to be a batch's or a flow's", () => {
  const path = (flags: object) => workPath(new Given<"batch" | "flow">(["a/b"], { ...flags }), "cancel");
  expect(path({})).toBe("/v1/delegations/a%2Fb/cancel");
  expect(path({ batch: true })).toBe("/v1/batches/a%2Fb/cancel");
  expect(path({ flow: true })).toBe("/v1/flows/a%2Fb/cancel");
  expect(() => path({ batch: true, flow: true })).toThrow("not both");
});
