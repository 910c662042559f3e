import { type CpuShares, withCpu } from "./cpu-use.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { median, rounded } from "./statistics.ts";
import { nowMs, ONE_SECOND, promptOf } from "./vendor-script.ts";

/** One batch of one-second tasks; times in seconds from sending it. The limit is the one second that every task takes. */
export type BatchRun = {
  tasks: number;
  /** The 202. */
  accepted: number;
  /** The vendor saw the first and the last request. */
  firstCall: number;
  lastCall: number;
  /** All tasks have ended, and the batch says so. */
  total: number;
  peakInFlight: number;
  perSecond: number;
  workerdMsEach: number | null;
  cpu: CpuShares;
};

/** Sends the batch `rounds` times, one after the other, and tells the round with the median total. */
export async function measureBatch(server: MeasuredServer, tasks: number, rounds: number): Promise<BatchRun> {
  const runs: BatchRun[] = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await batchRun(server, tasks));
  const middle = median(runs.map(({ total }) => total));
  const [run] = runs.filter(({ total }) => total === middle);
  if (run === undefined) throw new RangeError("a batch is measured at least once");
  return run;
}

async function batchRun({ api, vendor, meter }: MeasuredServer, tasks: number): Promise<BatchRun> {
  await vendor.forget();
  const {
    value: { begun, accepted, ended },
    shares,
    workerdMs,
  } = await withCpu(meter, async () => {
    const sent = nowMs();
    const batchId = await api.batch(promptOf(ONE_SECOND), tasks);
    const answered = nowMs();
    await api.batchCompleted(batchId);
    return { begun: sent, accepted: answered, ended: nowMs() };
  });
  const { peakInFlight, firstMs, lastMs } = await vendor.stats();
  const since = (at: number): number => rounded((at - begun) / 1_000);
  return {
    tasks,
    accepted: since(accepted),
    firstCall: since(firstMs),
    lastCall: since(lastMs),
    total: since(ended),
    peakInFlight,
    perSecond: rounded(tasks / ((ended - begun) / 1_000), 1),
    workerdMsEach: workerdMs === null ? null : rounded(workerdMs / tasks),
    cpu: shares,
  };
}
