import { describe, expect, test } from "vitest";
import type { DelegationSpec } from "../../../src/delegations/delegation-rpc.ts";
import { originOf } from "../../../src/delegations/task-origin.ts";

const alone: DelegationSpec = {
  workspace: "w",
  task_id: "t",
  hash: "h",
  input: { prompt: "p" },
  candidates: [],
  warnings: [],
  created_by: "owner",
  created_at: 0,
  parent_task_id: null,
  repository: null,
};

describe("originOf", () => {
  test("a task of an older version, which named no agent, is the default's, and part of nothing", () => {
    expect(originOf(alone)).toMatchObject({ agent: "default", batch_id: null, flow_id: null, flow_step: null });
  });

  test("names the agent, the batch, the flow and its step, and the parent", () => {
    const part = { agent: "coder", batch_id: "b", flow: { id: "f", step: "draft" }, parent_task_id: "p" };
    const told = { agent: "coder", batch_id: "b", flow_id: "f", flow_step: "draft", parent_task_id: "p", created_by: "owner" };
    expect(originOf({ ...alone, ...part })).toMatchObject(told);
  });

  test("names the task whose answer it took from the cache", () => {
    expect(originOf(alone).cached_from).toBeNull();
    expect(originOf({ ...alone, cached: { task_id: "source", model: "m" } }).cached_from).toBe("source");
  });
});
