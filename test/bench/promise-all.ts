import { asBatch, deputeSide, ownCpuMs, postedAtOnce } from "./depute-side.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { type Comparison, type Side, sideBySide } from "./side-by-side.ts";
import { ONE_SECOND, promptOf } from "./vendor-script.ts";

/** One-second tasks at once, next to `Promise.all` of the same SDK calls in this process, which keeps nothing. */
export type PromiseAll = { tasks: number; posted: Comparison; batch: Comparison };

export async function comparePromiseAll(server: MeasuredServer, tasks: number, rounds: number): Promise<PromiseAll> {
  const prompt = promptOf(ONE_SECOND);
  const theirs: Side = {
    name: "Promise.all of SDK calls",
    run: () => Promise.all(Array.from({ length: tasks }, () => server.direct.call(prompt))),
    cpuMs: ownCpuMs,
  };
  const vendorCpuMs = server.meter.vendorCpuMs;
  const posted = deputeSide(server, `${tasks} × POST, then ?wait=`, () => postedAtOnce(server, prompt, tasks));
  const batch = deputeSide(server, "one POST /v1/batches", () => asBatch(server, prompt, tasks));
  return {
    tasks,
    posted: await sideBySide(posted, theirs, rounds, vendorCpuMs),
    batch: await sideBySide(batch, theirs, rounds, vendorCpuMs),
  };
}
