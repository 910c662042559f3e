import { setTimeout as sleep } from "node:timers/promises";
import { type CpuShares, withCpu } from "./cpu-use.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { rounded } from "./statistics.ts";
import { INSTANT, nowMs, promptOf } from "./vendor-script.ts";

/** Delegations completed per second with so many callers, and who used the machine meanwhile. */
export type Throughput = { callers: number; perSecond: number; workerdMsEach: number | null; cpu: CpuShares };

/** A closed loop: each caller posts, waits by `?wait=` until its delegation has completed, and posts the next. */
export async function measureThroughput(server: MeasuredServer, callers: number, seconds: number): Promise<Throughput> {
  return sustained(server, callers, seconds, (prompt) => server.api.delegate(prompt));
}

/** Only the posts are waited for; what they left running is waited for at the end, by the vendor's count, and is in the time. */
export async function measureUnwatchedThroughput(server: MeasuredServer, callers: number, seconds: number): Promise<Throughput> {
  const before = await server.vendor.stats();
  let posted = 0;
  const post = async (prompt: string) => {
    await server.api.post(prompt);
    posted += 1;
  };
  return sustained(server, callers, seconds, post, async () => {
    while ((await server.vendor.stats()).answered - before.answered < posted) await sleep(5);
  });
}

async function sustained(
  server: MeasuredServer,
  callers: number,
  seconds: number,
  one: (prompt: string) => Promise<unknown>,
  rest: () => Promise<void> = async () => {},
): Promise<Throughput> {
  const prompt = promptOf(INSTANT);
  let done = 0;
  const begun = nowMs();
  const {
    shares,
    workerdMs,
    value: ended,
  } = await withCpu(server.meter, async () => {
    const caller = async () => {
      while (nowMs() - begun < seconds * 1_000) {
        await one(prompt);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    await rest();
    return nowMs();
  });
  return {
    callers,
    perSecond: rounded(done / ((ended - begun) / 1_000), 1),
    workerdMsEach: workerdMs === null ? null : rounded(workerdMs / done),
    cpu: shares,
  };
}
