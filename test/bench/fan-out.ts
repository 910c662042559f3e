import type { MeasuredServer } from "./measured-server.ts";
import { median, rounded } from "./statistics.ts";
import { nowMs, ONE_SECOND, promptOf } from "./vendor-script.ts";

/** How long it takes until the last of `tasks` one-second answers is there, in milliseconds. */
export type FanOut = { tasks: number; delegatedMs: number; directMs: number; addedMs: number };

/** Posts `tasks` delegations at once and waits for all, and calls the vendor directly as often by `Promise.all`; medians of `rounds`. */
export async function measureFanOut({ api, direct }: MeasuredServer, tasks: number, rounds: number): Promise<FanOut> {
  const prompt = promptOf(ONE_SECOND);
  const delegated: number[] = [];
  const directly: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    delegated.push(await makespan(tasks, () => api.delegate(prompt)));
    directly.push(await makespan(tasks, () => direct.call(prompt)));
  }
  const [delegatedMs, directMs] = [rounded(median(delegated), 0), rounded(median(directly), 0)];
  return { tasks, delegatedMs, directMs, addedMs: delegatedMs - directMs };
}

async function makespan(tasks: number, call: () => Promise<unknown>): Promise<number> {
  const begun = nowMs();
  await Promise.all(Array.from({ length: tasks }, call));
  return nowMs() - begun;
}
