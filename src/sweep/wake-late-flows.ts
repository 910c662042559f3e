import type { Database } from "../db/client.ts";
import { lateFlows } from "../db/late-flows.ts";
import type { FlowProtocol } from "../flows/flow-rpc.ts";
import { LATE_MS, MOST, reached } from "./reached.ts";

/** Wakes the objects of flows that should have moved. */
export async function wakeLateFlows(env: Env, db: Database, now: number): Promise<void> {
  const late = await lateFlows(db, now - LATE_MS, MOST);
  const woken = late.map(({ workspace, flow_id }) => {
    const object = env.FLOWS.getByName(`${workspace}/${flow_id}`) as unknown as FlowProtocol;
    return reached({ workspace, flowId: flow_id }, () => object.wake());
  });
  await Promise.all(woken);
}
