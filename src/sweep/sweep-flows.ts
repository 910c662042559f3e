import type { Database } from "../db/client.ts";
import { deleteFlow, revisitFlow } from "../db/flows.ts";
import { lateFlows } from "../db/late-flows.ts";
import type { FlowProtocol } from "../flows/flow-rpc.ts";
import { LATE_MS, MOST } from "./reached.ts";
import { sweepKept } from "./sweep-kept.ts";

/** Wakes the objects of open flows that should have moved, and erases flows that ended longer than `retentionMs` ago. */
export async function sweepFlows(env: Env, db: Database, now: number, retentionMs: number): Promise<void> {
  const late = await lateFlows(db, now - LATE_MS, MOST);
  await sweepKept(late, now, retentionMs, {
    name: ({ workspace, flow_id }) => ({ workspace, flowId: flow_id }),
    object: ({ workspace, flow_id }) => env.FLOWS.getByName(`${workspace}/${flow_id}`) as unknown as FlowProtocol,
    revisit: (row, at) => revisitFlow(db, row, at),
    drop: (row) => deleteFlow(db, row),
  });
}
