import { processesCpuMs } from "./cpu-use.ts";
import type { MeasuredServer } from "./measured-server.ts";
import type { Side } from "./side-by-side.ts";

/** CPU milliseconds of this process: the caller, in whatever is compared. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The product as a side: its server's and its caller's CPU. */
export function deputeSide({ meter }: MeasuredServer, name: string, run: () => Promise<unknown>): Side {
  return {
    name,
    run,
    cpuMs() {
      const workerd = processesCpuMs(meter.workerdPids());
      return workerd === null ? null : workerd + ownCpuMs();
    },
  };
}

/** So many delegations posted at once, each waited for. */
export const postedAtOnce = ({ api }: MeasuredServer, prompt: string, tasks: number): Promise<unknown> =>
  Promise.all(Array.from({ length: tasks }, () => api.delegate(prompt)));

/** So many as one batch, and waited for. */
export const asBatch = async ({ api }: MeasuredServer, prompt: string, tasks: number): Promise<unknown> =>
  api.batchCompleted(await api.batch(prompt, tasks));
