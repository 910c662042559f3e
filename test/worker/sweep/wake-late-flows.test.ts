import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { sweep } from "../../../src/sweep/sweep.ts";
import { freshId } from "../../support/delegation-object.ts";

const MINUTE_MS = 60_000;

test("the sweep wakes flows that should have moved a minute ago, each once, and one that fails keeps it from no other", async () => {
  const now = Date.now();
  const save = (flowId: string, movesBy: number | null) =>
    env.DB.prepare(
      "insert into flows (workspace, flow_id, version, pattern, status, created_at, updated_at, moves_by, steps, steps_ended, tokens_used, created_by) values ('default', ?, 1, 'chain', 'in-progress', 1, 1, ?, 1, 0, 0, 'owner')",
    )
      .bind(flowId, movesBy)
      .run();
  const [stuck, late, inTime, ended] = [freshId("stuck"), freshId("late"), freshId("in-time"), freshId("ended")];
  await save(stuck, 1);
  await save(late, now - MINUTE_MS - 1);
  await save(inTime, now - MINUTE_MS);
  await save(ended, null);
  const woken: string[] = [];
  const getByName = (name: string) => ({
    wake: async () => {
      woken.push(name);
      if (name.endsWith(stuck)) throw new Error("away");
    },
  });
  await sweep({ ...env, FLOWS: { getByName } as never }, now);
  expect(woken.sort()).toEqual([`default/${late}`, `default/${stuck}`].sort());
});
