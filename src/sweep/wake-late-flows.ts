import type { Database } from "../db/client.ts";
import { lateFlows } from "../db/late-flows.ts";
import { LATE_MS, MOST, reached } from "./reached.ts";

export type FlowBindings = { FLOWS?: { getByName(name: string): object } };
type Wakeable = { wake(): Promise<unknown> };

/** Wakes the objects of flows that should have moved. */
export async function wakeLateFlows({ FLOWS }: FlowBindings, db: Database, now: number): Promise<void> {
  if (FLOWS === undefined) return;
  const late = await lateFlows(db, now - LATE_MS, MOST);
  const woken = late.map(({ workspace, flow_id }) =>
    reached({ workspace, flowId: flow_id }, () => (FLOWS.getByName(`${workspace}/${flow_id}`) as Wakeable).wake()),
  );
  await Promise.all(woken);
}
