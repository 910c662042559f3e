import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { sweep } from "../../../src/sweep/sweep.ts";
import { call } from "../../support/api-client.ts";
import { freshId, rowOf } from "../../support/delegation-object.ts";
import { emptyLists } from "../../support/empty-lists.ts";
import { flowEnd, flowObjectOf, flowRowOf, startFlow } from "../../support/flow-object.ts";
import { sweepUntil } from "./sweep-until.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

type Listed = { status?: string; completed_at?: number | null; moves_by: number | null };

const save = (flowId: string, { status = "in-progress", completed_at = null, moves_by }: Listed) =>
  env.DB.prepare(
    "insert into flows (workspace, flow_id, version, pattern, status, created_at, updated_at, completed_at, moves_by, steps, steps_ended, tokens_used, created_by) values ('default', ?, 1, 'chain', ?, 1, 1, ?, ?, 1, 0, 0, 'owner')",
  )
    .bind(flowId, status, completed_at, moves_by)
    .run();

const chainOf = (prompt: string) => ({ pattern: "chain", steps: [{ name: "a", prompt }] });

beforeEach(emptyLists);

describe("the sweep of flows", () => {
  test("wakes those that should have moved a minute ago, each once, and one that fails keeps it from no other", async () => {
    const now = Date.now();
    const [stuck, late, inTime, ended] = [freshId("stuck"), freshId("late"), freshId("in-time"), freshId("ended")];
    await save(stuck, { moves_by: 1 });
    await save(late, { moves_by: now - MINUTE_MS - 1 });
    await save(inTime, { moves_by: now - MINUTE_MS });
    await save(ended, { moves_by: null });
    const woken: string[] = [];
    const getByName = (name: string) => ({
      wake: async () => {
        woken.push(name);
        if (name.endsWith(stuck)) throw new Error("away");
        return { kind: "woken" };
      },
    });
    await sweep({ ...env, FLOWS: { getByName } as never }, now);
    expect(woken.sort()).toEqual([`default/${late}`, `default/${stuck}`].sort());
    await Promise.all(
      [stuck, late, inTime, ended].map((id) => env.DB.prepare("delete from flows where flow_id = ?").bind(id).run()),
    );
  });

  test("lets go of a row whose object is not there", async () => {
    const orphan = freshId("orphan");
    await save(orphan, { moves_by: 1 });
    await sweep(env, Date.now());
    expect(await flowRowOf(orphan)).toMatchObject({ status: "in-progress", moves_by: null });
  });
});

describe("the retention of a flow", () => {
  test("leaves one row of it without any text, takes it off the list and answers 410, twice without harm", async () => {
    const secret = freshId("secret");
    const body = { flow_id: freshId("flow"), ...chainOf(simulate({ text: secret }, secret)) };
    await startFlow(body);
    const done = await flowEnd(body.flow_id);
    await expect
      .poll(() => flowRowOf(body.flow_id))
      .toMatchObject({ moves_by: Date.parse(done.completed_at ?? "") + 90 * DAY_MS });
    const stub = flowObjectOf(body.flow_id);
    await sweepUntil(async () => (await stub.read(0)).kind === "gone");
    await expect.poll(() => flowRowOf(body.flow_id)).toBeNull();
    const keys = () => runInDurableObject(stub, (_object, { storage }) => [...storage.kv.list()].map(([key]) => key));
    await expect.poll(keys).toEqual(["erased"]);
    for (const path of ["", "/events"]) expect((await call("GET", `/v1/flows/${body.flow_id}${path}`)).status).toBe(410);
    expect((await call("POST", `/v1/flows/${body.flow_id}/cancel`)).status).toBe(410);
    const again = await call("POST", "/v1/flows", { body });
    expect(again).toMatchObject({ status: 410, body: { code: "gone", detail: expect.stringContaining(body.flow_id) } });
    expect(await stub.erase()).toEqual({ kind: "erased" });
    expect(await stub.wake()).toEqual({ kind: "woken" });
    await expect.poll(keys).toEqual(["erased"]);
    expect((await rowOf(`${body.flow_id}.a`))?.cost_nanos).toBe(done.cost_nanos);
  });

  test("that was made longer meanwhile keeps the flow", async () => {
    const flowId = await startFlow(chainOf(simulate({ text: "kept" }, freshId())));
    const { completed_at } = await flowEnd(flowId);
    await expect.poll(() => flowRowOf(flowId)).toMatchObject({ status: "completed" });
    await env.DB.prepare("update flows set moves_by = 1 where flow_id = ?").bind(flowId).run();
    await sweep(env, Date.now());
    expect(await flowRowOf(flowId)).toMatchObject({ moves_by: Date.parse(completed_at ?? "") + 90 * DAY_MS });
    expect(await flowObjectOf(flowId).read(0)).toMatchObject({ kind: "found" });
  });

  test("takes nothing from a flow that has not ended, and nothing off the list but that whose object is not there", async () => {
    const flowId = await startFlow(chainOf(simulate({ text: "slow", first_ms: 3_000 }, freshId())));
    expect(await flowObjectOf(flowId).erase()).toEqual({ kind: "open" });
    expect(await flowEnd(flowId)).toMatchObject({ status: "completed" });
    const orphan = freshId("orphan");
    await save(orphan, { status: "completed", completed_at: 1, moves_by: 1 });
    await sweep(env, Date.now());
    expect(await flowRowOf(orphan)).toBeNull();
  });
});
